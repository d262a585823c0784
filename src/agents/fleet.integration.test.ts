import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { DomainError } from "#domain/errors.ts";
import { StandInRuntime } from "#testing/agent-server-stand-in.ts";
import { createTestPortal, type TestPerson, type TestPortal } from "#testing/portal.ts";

let runtime: StandInRuntime;
let portal: TestPortal;
let ada: TestPerson;
let name = "";
let number = 0;

beforeAll(async () => {
  runtime = new StandInRuntime();
  portal = await createTestPortal(undefined, { runtimes: [runtime] });
  ada = await portal.addPerson("Ada", "admin");
});
afterAll(() => portal.close());
beforeEach(() => {
  number += 1;
  name = `agent-${number}`;
});

const make = () => portal.platform.fleet.create(ada.actor, { name, runtime: "process" });
const keyOf = () => runtime.specs.get(name)?.environment.ANTHROPIC_AUTH_TOKEN;
const broken = new DomainError("unavailable", "The image is missing.");

describe("making an agent that we run", () => {
  it("gives it its key and tells nobody; managed settings hold the same routing", async () => {
    const { agent, virtualKey, problem } = await make();
    expect([virtualKey, problem, agent.runtime]).toEqual([null, null, "process"]);
    expect(keyOf()?.slice(-4)).toBe(agent.keyHint);
    expect(runtime.specs.get(name)?.managedSettings.env.ANTHROPIC_AUTH_TOKEN).toBe(keyOf());
    expect(runtime.specs.get(name)?.environment.ANTHROPIC_BASE_URL).toBe("http://127.0.0.1:8585");
    expect(await portal.platform.fleet.state(agent)).toMatchObject({ status: "running", isContained: false });
  });

  it("leaves nothing behind when it cannot be made, so that it can be tried again", async () => {
    runtime.failNext("create", broken);
    await expect(make()).rejects.toBe(broken);
    await expect(portal.platform.agents.find(ada.actor, name)).rejects.toMatchObject({ code: "not_found" });
    expect((await make()).problem).toBeNull();
  });

  it("keeps one that does not start, stopped, and says why", async () => {
    runtime.failNext("start", broken);
    const { agent, problem } = await make();
    expect(problem).toBe("The image is missing.");
    expect(await portal.platform.fleet.state(agent)).toMatchObject({ status: "stopped" });
  });

  it("is refused where there is no such place", async () => {
    const inDocker = portal.platform.fleet.create(ada.actor, { name, runtime: "docker" });
    await expect(inDocker).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("an agent that we run", () => {
  it("is started and stopped, and the audit log says by whom", async () => {
    const { agent } = await make();
    await portal.platform.fleet.stop(ada.actor, agent);
    await portal.platform.fleet.start(ada.actor, agent);
    const actions = (await portal.audit()).filter(({ subject }) => subject === `agent:${name}`);
    expect(actions.map(({ actor_name, action }) => `${actor_name} ${action}`)).toEqual([
      "Ada agent.create",
      "Ada agent.stop",
      "Ada agent.start",
    ]);
  });

  it("gets a new key by being made again; a stopped one stays stopped", async () => {
    const { agent } = await make();
    const before = keyOf();
    await portal.platform.fleet.stop(ada.actor, agent);
    expect((await portal.platform.fleet.rotateKey(ada.actor, agent)).virtualKey).toBeNull();
    expect(keyOf()).not.toBe(before);
    expect(await portal.platform.fleet.state(agent)).toMatchObject({ status: "stopped" });
  });

  it("is gone with its record, also when what ran it is gone already", async () => {
    const { agent } = await make();
    await runtime.remove(name);
    await portal.platform.fleet.remove(ada.actor, agent);
    await expect(portal.platform.agents.find(ada.actor, name)).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("an agent of ours that pays with a credential of its own", () => {
  const credential = { kind: "oauth_token", value: "sk-ant-oat01-canary-of-its-own" } as const;
  const environment = () => runtime.specs.get(name)?.environment ?? {};
  const makeWith = (order: object = { credential }) =>
    portal.platform.fleet.create(ada.actor, { name, runtime: "process", ...order });

  it("is known by a header beside it, and nobody but the agent keeps it", async () => {
    const { agent } = await makeWith();
    expect(agent).toMatchObject({ routing: "gateway", keyMode: "passthrough" });
    expect(environment()).toMatchObject({
      CLAUDE_CODE_OAUTH_TOKEN: credential.value,
      ANTHROPIC_BASE_URL: "http://127.0.0.1:8585",
      ANTHROPIC_CUSTOM_HEADERS: expect.stringMatching(/^X-Trinity-Agent: tvk_/),
    });
    expect(environment()).not.toHaveProperty("ANTHROPIC_AUTH_TOKEN");
    const { rows } = await portal.pool.query(
      "SELECT agent_ownership::text || audit_log::text AS t FROM agent_ownership, audit_log",
    );
    expect(JSON.stringify(rows)).not.toContain("canary");
  });

  it.each(["helicone", "direct"] as const)("is the only kind that can go the way %s", async (routing) => {
    await expect(makeWith({ routing })).rejects.toMatchObject({ code: "invalid_input" });
    await expect(portal.platform.agents.find(ada.actor, name)).rejects.toMatchObject({ code: "not_found" });
    expect((await makeWith({ routing, credential })).agent).toMatchObject({ routing, keyMode: "passthrough" });
    expect(environment()).not.toHaveProperty("ANTHROPIC_BASE_URL");
  });

  it.each(["", "short", "with a space in it", "line\nX-Evil: 1-2-3", "x".repeat(5_000), `tvk_${"k".repeat(43)}`])(
    "cannot be given %j",
    async (value) => {
      const made = makeWith({ credential: { kind: "api_key", value } });
      await expect(made).rejects.toMatchObject({ code: "invalid_input" });
    },
  );

  it("goes another way when that is asked for, with the audit log saying so", async () => {
    const { agent } = await makeWith({});
    await portal.platform.fleet.setRouting(ada.actor, agent, { routing: "direct", credential });
    expect(environment()).toMatchObject({ CLAUDE_CODE_OAUTH_TOKEN: credential.value });
    expect(environment()).not.toHaveProperty("ANTHROPIC_BASE_URL");
    const routed = (await portal.audit()).findLast(({ action }) => action === "agent.route");
    expect(routed).toMatchObject({
      before: { routing: "gateway", keyMode: "virtual" },
      after: { routing: "direct", keyMode: "passthrough" },
    });
    await expect(
      portal.platform.fleet.setRouting(ada.actor, agent, { routing: "direct", credential: null }),
    ).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("reports, or not, as was said of it, from the next time on that it is made", async () => {
    const { agent } = await makeWith({});
    expect(environment()).not.toHaveProperty("OTEL_EXPORTER_OTLP_ENDPOINT");
    const changed = await portal.platform.agents.setTelemetry(ada.actor, agent, true);
    await portal.platform.fleet.rotateKey(ada.actor, changed);
    expect(environment()).toMatchObject({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:8585/otlp" });
    await portal.platform.agents.setTelemetry(ada.actor, changed, false);
    const found = await portal.platform.agents.find(ada.actor, name);
    await portal.platform.fleet.setRouting(ada.actor, found, { routing: "direct", credential });
    expect(environment()).not.toHaveProperty("OTEL_EXPORTER_OTLP_ENDPOINT");
    const said = (await portal.audit()).filter(({ action }) => action === "agent.telemetry");
    expect(said).toMatchObject([
      {
        actor_name: "Ada",
        subject: `agent:${name}`,
        before: { reportsTelemetry: null },
        after: { reportsTelemetry: true },
      },
      { before: { reportsTelemetry: true }, after: { reportsTelemetry: false } },
    ]);
  });

  it("that could not be made again is made by asking once more, around the same files", async () => {
    const { agent } = await makeWith();
    const order = { routing: "direct", credential } as const;
    runtime.failNext("create", broken);
    await expect(portal.platform.fleet.setRouting(ada.actor, agent, order)).rejects.toBe(broken);
    expect(await portal.platform.fleet.state(agent)).toMatchObject({ status: "missing" });
    await portal.platform.fleet.setRouting(ada.actor, agent, order);
    expect(await portal.platform.fleet.state(agent)).toMatchObject({ status: "stopped" });
  });

  it("does not lose it to a new key", async () => {
    const { agent } = await makeWith();
    const rotated = portal.platform.fleet.rotateKey(ada.actor, agent);
    await expect(rotated).rejects.toMatchObject({ code: "conflict" });
    expect(environment().CLAUDE_CODE_OAUTH_TOKEN).toBe(credential.value);
  });
});

describe("an agent that somebody else runs", () => {
  it("has no state here and cannot be started, and its key is answered once", async () => {
    const { agent, virtualKey } = await portal.platform.fleet.create(ada.actor, { name });
    expect(virtualKey).toMatch(/^tvk_/);
    expect(await portal.platform.fleet.state(agent)).toBeNull();
    await expect(portal.platform.fleet.start(ada.actor, agent)).rejects.toMatchObject({ code: "conflict" });
    await expect(portal.platform.agents.setTelemetry(ada.actor, agent, true)).rejects.toMatchObject({
      code: "conflict",
    });
    const routing = { routing: "direct", credential: null } as const;
    await expect(portal.platform.fleet.setRouting(ada.actor, agent, routing)).rejects.toMatchObject({
      code: "conflict",
    });
  });
});

describe("the places where agents can be run", () => {
  it("are told as they are now: an engine that died since the start, and one that came back", async () => {
    const { fleet } = portal.platform;
    expect(await fleet.places()).toMatchObject([{ kind: "process", problem: null }]);
    runtime.failNext("open", new DomainError("unavailable", "Docker does not answer."));
    expect(await fleet.places()).toMatchObject([{ kind: "process", problem: "Docker does not answer." }]);
    expect(await fleet.places()).toMatchObject([{ kind: "process", problem: null }]);
  });
});
