import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { hashKey } from "#agents/agent-token.ts";
import { agentRows } from "#portal/api/agent-rows.ts";
import { createTestPortal, type TestPerson, type TestPortal } from "#testing/portal.ts";

let portal: TestPortal;
let admin: TestPerson;
let olga: TestPerson;

beforeAll(async () => {
  portal = await createTestPortal();
  admin = await portal.addPerson("Ada", "admin");
  olga = await portal.addPerson("Olga");
});
afterAll(() => portal.close());

const keyHashOf = async (id: number): Promise<Buffer> =>
  (await portal.pool.query("SELECT key_hash FROM agent_ownership WHERE id = $1", [id])).rows[0].key_hash;

describe("creating an agent", () => {
  it("keeps of the key only its hash and its last four characters", async () => {
    const { agent, virtualKey } = await portal.platform.agents.create(admin.actor, { name: "builder" });

    expect(virtualKey).toMatch(/^tvk_[A-Za-z0-9_-]{43}$/);
    expect(agent.keyHint).toBe(virtualKey.slice(-4));
    expect(await keyHashOf(agent.id)).toEqual(hashKey(virtualKey));
    const everything = await portal.pool.query(
      "SELECT a::text AS agent, l::text AS log FROM agent_ownership a, audit_log l",
    );
    expect(JSON.stringify(everything.rows)).not.toContain(virtualKey.slice(4, -4));
  });

  it("refuses a name that is taken, in a sentence for the person", async () => {
    await portal.platform.agents.create(admin.actor, { name: "taken" });
    await expect(portal.platform.agents.create(admin.actor, { name: "taken" })).rejects.toMatchObject({
      code: "conflict",
      message: 'There is an agent named "taken" already. Choose another name.',
    });
  });

  it.each(["", "Upper", "-dash", "with space", "a".repeat(64)])("refuses the name %j", async (name) => {
    await expect(portal.platform.agents.create(admin.actor, { name })).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("refuses an owner who does not exist", async () => {
    const ownerId = "00000000-0000-4000-8000-000000000000";
    await expect(portal.platform.agents.create(admin.actor, { name: "orphan", ownerId })).rejects.toMatchObject({
      code: "invalid_input",
    });
    await expect(portal.platform.agents.find(admin.actor, "orphan")).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("changing an agent", () => {
  it("replaces the key, so that the old one is known no more", async () => {
    const { agent, virtualKey } = await portal.platform.agents.create(admin.actor, { name: "rotated" });
    const fresh = await portal.platform.agents.rotateKey(admin.actor, agent);

    expect(fresh.virtualKey).not.toBe(virtualKey);
    expect(await keyHashOf(agent.id)).toEqual(hashKey(fresh.virtualKey));
    const after = await portal.platform.agents.find(admin.actor, "rotated");
    expect(after.keyHint).toBe(fresh.virtualKey.slice(-4));
    expect(after.keyRotatedAt.getTime()).toBeGreaterThan(agent.keyRotatedAt.getTime());
  });

  it("writes who changed what, before and after", async () => {
    const { agent } = await portal.platform.agents.create(admin.actor, { name: "audited", type: " coder " });
    await portal.platform.agents.update(admin.actor, agent, { ownerId: olga.actor.userId, type: null });

    const entries = (await portal.audit()).filter((entry) => entry.subject === "agent:audited");
    expect(entries).toEqual([
      {
        actor_name: "Ada",
        action: "agent.create",
        subject: "agent:audited",
        before: null,
        after: {
          runtime: "external",
          routing: "gateway",
          keyMode: "virtual",
          ownerId: null,
          type: "coder",
          keyHint: agent.keyHint,
        },
      },
      {
        actor_name: "Ada",
        action: "agent.update",
        subject: "agent:audited",
        before: { ownerId: null, type: "coder" },
        after: { ownerId: olga.actor.userId, type: null },
      },
    ]);
  });

  it("keeps an owner whose account was disabled, and makes no such person one", async () => {
    const agent = await portal.addAgent("left-behind", olga);
    await portal.pool.query("UPDATE users SET disabled_at = now() WHERE id = $1", [olga.actor.userId]);
    const ownerId = olga.actor.userId;
    const kept = await portal.platform.agents.update(admin.actor, agent, { ownerId, type: "coder" });
    expect(kept).toMatchObject({ ownerId, type: "coder" });
    const free = await portal.platform.agents.update(admin.actor, kept, { ownerId: null, type: null });
    await expect(portal.platform.agents.update(admin.actor, free, { ownerId, type: null })).rejects.toMatchObject({
      code: "invalid_input",
    });
    await portal.pool.query("UPDATE users SET disabled_at = NULL WHERE id = $1", [olga.actor.userId]);
  });

  it("removes it: the key is dead, the name is free, the ledger stays", async () => {
    const { agent, virtualKey } = await portal.platform.agents.create(admin.actor, { name: "mayfly" });
    await portal.record({ agentId: agent.id, listCost: 5n });
    await portal.platform.agents.remove(admin.actor, agent);

    expect(await keyHashOf(agent.id)).not.toEqual(hashKey(virtualKey));
    await expect(portal.platform.agents.find(admin.actor, "mayfly")).rejects.toMatchObject({ code: "not_found" });
    await expect(portal.platform.agents.rotateKey(admin.actor, agent)).rejects.toMatchObject({ code: "not_found" });
    const { agent: next } = await portal.platform.agents.create(admin.actor, { name: "mayfly" });
    expect(next.id).not.toBe(agent.id);
    const calls = await portal.pool.query("SELECT 1 FROM llm_requests WHERE agent_id = $1", [agent.id]);
    expect(calls.rowCount).toBe(1);
  });
});

describe("who sees what", () => {
  it("lists all agents for an admin, and for an owner their own", async () => {
    await portal.addAgent("olgas", olga);
    const names = async (person: TestPerson) =>
      (await portal.platform.agents.list(person.actor)).map((agent) => agent.name);
    expect(await names(olga)).toContain("olgas");
    expect(await names(olga)).not.toContain("builder");
    expect(await names(admin)).toEqual(expect.arrayContaining(["builder", "olgas"]));
  });

  it("answers for another's agent as for one that does not exist", async () => {
    const failure = (name: string) => portal.platform.agents.find(olga.actor, name).catch((error: Error) => error);
    const others = await failure("builder");
    const nobodys = await failure("builder2");
    expect(others).toMatchObject({ code: "not_found", message: 'There is no agent named "builder".' });
    expect(nobodys).toMatchObject({ code: "not_found", message: 'There is no agent named "builder2".' });
  });
});

describe("the list of agents", () => {
  it("takes as many queries for a thousand agents as for ten, and is quick", async () => {
    const count = async (): Promise<{ queries: number; rows: number; ms: number }> => {
      const query = vi.spyOn(pg.Client.prototype, "query");
      const start = performance.now();
      const rows = await agentRows(portal.platform, admin.actor);
      const result = { queries: query.mock.calls.length, rows: rows.length, ms: performance.now() - start };
      query.mockRestore();
      return result;
    };
    await count(); // connections are open from here on
    const few = await count();
    await portal.pool.query(
      `INSERT INTO agent_ownership (agent_name, owner_id, key_hash, key_hint)
       SELECT 'fleet-' || n, $1, sha256(n::text::bytea), 'hint' FROM generate_series(1, 1000) AS n`,
      [olga.actor.userId],
    );
    await portal.pool.query(
      `INSERT INTO usage_days (agent_id, day_start, requests, failed, refused, cost_nano_usd, last_seen_at)
       SELECT id, $1::timestamptz - make_interval(days => d), 10, 0, 0, 1000, $1
       FROM agent_ownership, generate_series(0, 29) AS d WHERE agent_name LIKE 'fleet-%'`,
      [portal.time.now],
    );
    const many = await count();

    expect(few.queries).toBeGreaterThan(0);
    expect(many.rows).toBe(few.rows + 1000);
    expect(many.queries).toBe(few.queries);
    expect(many.ms).toBeLessThan(1_500);
  });
});
