import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { hashSecret } from "#secret-token.ts";
import { createTestPortal, type TestPerson, type TestPortal } from "#testing/portal.ts";

let portal: TestPortal;
let olga: TestPerson;

beforeEach(async () => {
  portal = await createTestPortal();
  olga = await portal.addPerson("Olga");
});
afterEach(() => portal.close());

const create = () => portal.platform.apiKeys.create(olga.actor, { name: "report", scopes: ["costs:read"] });
const authenticate = (key: string, address = "192.0.2.1") => portal.platform.apiKeys.authenticate(key, address);
const only = async () => (await portal.platform.apiKeys.list(olga.actor))[0];

describe("an API key", () => {
  it("is shown once and kept as a hash", async () => {
    const { key, id } = await create();
    expect(key).toMatch(/^tok_[A-Za-z0-9_-]{43}$/);
    expect(await only()).toMatchObject({ id, name: "report", keyHint: key.slice(-4), scopes: ["costs:read"] });
    const rows = await portal.pool.query(
      "SELECT key_hash, k::text AS key, l::text AS log FROM api_keys k, audit_log l",
    );
    expect(rows.rows[0].key_hash).toEqual(hashSecret(key));
    expect(JSON.stringify(rows.rows)).not.toContain(key.slice(4, -4));
  });

  it("acts as its creator, with the role of the moment", async () => {
    const { key } = await create();
    expect(await authenticate(key)).toMatchObject({ actor: olga.actor, scopes: ["costs:read"] });
    await portal.pool.query("UPDATE users SET role = 'admin'");
    expect((await authenticate(key))?.actor.role).toBe("admin");
    await portal.pool.query("UPDATE users SET disabled_at = now()");
    expect(await authenticate(key)).toBeNull();
  });

  it("does not work once it is revoked, and only its creator can revoke it", async () => {
    const { key, id } = await create();
    const other = await portal.addPerson("Otto", "admin");
    await expect(portal.platform.apiKeys.revoke(other.actor, id)).rejects.toMatchObject({ code: "not_found" });
    expect(await authenticate(key)).not.toBeNull();
    await portal.platform.apiKeys.revoke(olga.actor, id);
    expect(await authenticate(key)).toBeNull();
    await expect(portal.platform.apiKeys.revoke(olga.actor, id)).rejects.toMatchObject({ code: "not_found" });
    expect((await portal.audit()).map((entry) => entry.action)).toEqual(["api_key.create", "api_key.revoke"]);
  });

  it("notes its use at most once a minute", async () => {
    const { key } = await create();
    const start = portal.time.now.getTime();
    const lastUseAfter = async (seconds: number) => {
      portal.time.now = new Date(start + seconds * 1000);
      await authenticate(key);
      return ((await only())?.lastUsedAt?.getTime() ?? 0) - start;
    };
    expect(await lastUseAfter(0)).toBe(0);
    expect(await lastUseAfter(30)).toBe(0);
    expect(await lastUseAfter(60)).toBe(0);
    expect(await lastUseAfter(61)).toBe(61_000);
  });

  it("needs a name and a scope", async () => {
    const scopes = ["costs:read"] as const;
    await expect(portal.platform.apiKeys.create(olga.actor, { name: " ", scopes })).rejects.toMatchObject({
      code: "invalid_input",
    });
    await expect(portal.platform.apiKeys.create(olga.actor, { name: "x", scopes: [] })).rejects.toMatchObject({
      code: "invalid_input",
    });
  });

  it("that is wrong thirty times from one address stops that address alone", async () => {
    const { key } = await create();
    for (let n = 0; n < 30; n += 1) expect(await authenticate(`tok_${n}`)).toBeNull();
    await expect(authenticate(key)).rejects.toMatchObject({ code: "too_many_attempts" });
    expect(await authenticate(key, "198.51.100.7")).not.toBeNull();
  });
});
