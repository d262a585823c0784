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

describe("an agent that somebody else runs", () => {
  it("has no state here and cannot be started, and its key is answered once", async () => {
    const { agent, virtualKey } = await portal.platform.fleet.create(ada.actor, { name });
    expect(virtualKey).toMatch(/^tvk_/);
    expect(await portal.platform.fleet.state(agent)).toBeNull();
    await expect(portal.platform.fleet.start(ada.actor, agent)).rejects.toMatchObject({ code: "conflict" });
  });
});
