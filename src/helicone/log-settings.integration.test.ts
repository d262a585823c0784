import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { AgentRecord } from "#agents/agents.ts";
import { appRouter } from "#portal/api/routers/app-router.ts";
import { createCallerFactory } from "#portal/api/trpc.ts";
import { createTestPortal, type TestPerson, type TestPortal } from "#testing/portal.ts";

let portal: TestPortal;
let admin: TestPerson;
let agent: AgentRecord;
beforeAll(async () => {
  const settings = { HELICONE_ENABLED: "true", HELICONE_URL: "http://127.0.0.1:9", HELICONE_MODE: "proxy" };
  portal = await createTestPortal(undefined, { settings });
  admin = await portal.addPerson("Ada", "admin");
  agent = await portal.addAgent("alpha");
  await portal.addAgent("beta");
});
afterAll(() => portal.close());
beforeEach(async () => {
  await portal.pool.query("DELETE FROM settings");
  await portal.pool.query("UPDATE agent_ownership SET helicone_log_content = NULL");
  await portal.pool.query("DELETE FROM audit_log");
});

const helicone = () => createCallerFactory(appRouter)(admin.context).helicone;

describe("how much Helicone is told", () => {
  it("is metadata of everybody until an admin says otherwise, and each choice says what it cannot do", async () => {
    expect(await helicone().logSettings()).toEqual({
      mode: "proxy",
      fleet: "metadata",
      agents: [
        { agentName: "alpha", content: null },
        { agentName: "beta", content: null },
      ],
      limits: {
        ofMode: expect.arrayContaining([expect.stringContaining("full texts of every call that goes through it")]),
        ofContent: { metadata: expect.any(String), redacted: expect.any(String), full: expect.any(String) },
      },
    });
  });

  it("is chosen for one agent, for those that follow the fleet, or for everybody with one click; all of it is audited", async () => {
    await helicone().setAgentLog({ agentName: "alpha", content: "redacted" });
    await helicone().setFleetLog({ content: "full", everyAgent: false });
    expect(await helicone().logSettings()).toMatchObject({
      fleet: "full",
      agents: [{ content: "redacted" }, { content: null }],
    });
    await helicone().setFleetLog({ content: "metadata", everyAgent: true });
    expect(await helicone().logSettings()).toMatchObject({
      fleet: "metadata",
      agents: [{ content: null }, { content: null }],
    });
    await helicone().setAgentLog({ agentName: "beta", content: "full" });
    await helicone().setAgentLog({ agentName: "beta", content: null });
    const action = "helicone.log_content";
    expect(await portal.audit()).toMatchObject([
      { actor_name: "Ada", action, subject: "agent:alpha", before: { content: null }, after: { content: "redacted" } },
      { action, subject: "fleet", before: { content: null }, after: { content: "full" } },
      {
        action,
        subject: "fleet",
        before: { content: "full" },
        after: { content: "metadata", agentsThatFollowNow: 1 },
      },
      { action, subject: "agent:beta", after: { content: "full" } },
      { action, subject: "agent:beta", before: { content: "full" }, after: { content: null } },
    ]);
  });

  it("is heard of by the gateways when it is saved", async () => {
    const listener = await portal.pool.connect();
    let heard = 0;
    listener.on("notification", () => {
      heard += 1;
    });
    await listener.query("LISTEN gateway_config");
    await helicone().setFleetLog({ content: "full", everyAgent: false });
    await listener.query("SELECT 1");
    expect(heard).toBe(1);
    await portal.pool.query("INSERT INTO settings (key, value) VALUES ('something_else', '1')");
    await listener.query("SELECT 1");
    expect(heard).toBe(1);
    await helicone().setAgentLog({ agentName: agent.name, content: "full" });
    await listener.query("SELECT 1");
    expect(heard).toBe(2);
    listener.release(true);
  });

  it("is nothing else than that, and of no agent that is not there", async () => {
    const nonsense: unknown = { content: "everything", everyAgent: true };
    await expect(helicone().setFleetLog(nonsense as never)).rejects.toMatchObject({ code: "BAD_REQUEST" }); // as a browser may send it
    await expect(helicone().setAgentLog({ agentName: "gamma", content: "full" })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    expect(await portal.audit()).toEqual([]);
  });
});

describe("how it gets on", () => {
  it("is not known before a gateway says so", async () => {
    expect(await helicone().status()).toMatchObject({ state: "unknown", mode: "proxy", backlog: null });
  });
});
