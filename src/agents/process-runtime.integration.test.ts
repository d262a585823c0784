import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { findProcesses, sendSignal } from "#process-table.ts";
import { agentSpec, createProcessAgents, type ProcessAgents, serverPid } from "#testing/process-agents.ts";

const FRESH = { workspace: "fresh" } as const;

let agents: ProcessAgents;
beforeEach(async () => {
  agents = await createProcessAgents();
});
afterEach(() => agents.end());

async function take(lines: AsyncIterable<string>): Promise<string[]> {
  const taken: string[] = [];
  for await (const line of lines) taken.push(line);
  return taken;
}

describe("the life of a local agent", () => {
  it("created stopped, started, stopped, started again, and removed with its files", async () => {
    const runtime = await agents.openRuntime();
    await runtime.create(agentSpec("bot"), FRESH);
    const created = await runtime.inspect("bot");
    expect(created).toMatchObject({ status: "stopped", health: "unknown", labels: { type: "assistant" } });
    await expect(runtime.endpoint("bot")).rejects.toMatchObject({
      code: "unavailable",
      message: "bot is not running.",
    });
    expect(await runtime.usage("bot")).toBeNull();

    await runtime.start("bot");
    const running = await runtime.inspect("bot");
    expect(running).toMatchObject({ status: "running", health: "healthy", problem: null, hasWorkspace: true });
    expect(running.startedAt).toBeInstanceOf(Date);
    const { url, token } = await runtime.endpoint("bot");
    expect((await fetch(`${url}/api/chat/session`)).status).toBe(401);
    const headers = { "x-trinity-agent-token": token ?? "" };
    expect(await (await fetch(`${url}/`, { headers })).json()).toMatchObject({
      agent_name: "bot",
      agent_type: "assistant",
    });
    expect(await runtime.usage("bot")).toMatchObject({ memoryBytes: expect.any(Number), memoryLimitBytes: null });
    await runtime.start("bot");
    expect(await runtime.inspect("bot")).toEqual(running);

    const pid = await serverPid(running);
    await runtime.stop("bot");
    await runtime.stop("bot");
    expect(await runtime.inspect("bot")).toMatchObject({ status: "stopped", startedAt: null, incarnation: null });
    expect(sendSignal(pid, "SIGCONT")).toBe(false);

    await runtime.restart("bot");
    expect((await runtime.inspect("bot")).incarnation).not.toBe(running.incarnation);
    expect((await runtime.list()).map((state) => [state.name, state.status])).toEqual([["bot", "running"]]);
    await runtime.remove("bot", { keepWorkspace: false });
    expect(await runtime.inspect("bot")).toMatchObject({ status: "missing", hasWorkspace: false, labels: null });
    expect(await readdir(path.join(agents.folder, "agents"))).toEqual([]);
  });

  it("its files are kept when told, never given to another by chance, and taken over when told", async () => {
    const runtime = await agents.openRuntime();
    await runtime.create(agentSpec("bot"), FRESH);
    const work = path.join(agents.folder, "agents", "bot", "workspace", "work.txt");
    await writeFile(work, "work");
    await runtime.remove("bot", { keepWorkspace: true });
    expect(await runtime.inspect("bot")).toMatchObject({ status: "missing", hasWorkspace: true });
    await expect(runtime.create(agentSpec("bot"), FRESH)).rejects.toMatchObject({ code: "conflict", message: /kept/ });
    await runtime.create(agentSpec("bot"), { workspace: "reuse" });
    expect(await readFile(work, "utf8")).toBe("work");
    await runtime.remove("bot", { keepWorkspace: true });
    await runtime.remove("bot", { keepWorkspace: false });
    await expect(stat(work)).rejects.toThrow();
    await expect(runtime.remove("bot", { keepWorkspace: false })).rejects.toMatchObject({ code: "not_found" });
  });

  it("dead by accident, it is started again, with what it had left running ended", async () => {
    const runtime = await agents.openRuntime();
    await runtime.create(agentSpec("bot"), FRESH);
    await runtime.start("bot");
    const first = await runtime.inspect("bot");
    const states: string[] = [];
    runtime.watch((state) => states.push(`${state.status} ${state.health}`));
    const killedAt = Date.now();
    sendSignal(await serverPid(first), "SIGKILL");
    await expect.poll(() => states, { timeout: 15_000 }).toEqual(["restarting unknown", "running healthy"]);
    expect(Date.now() - killedAt).toBeLessThan(10_000);
    const second = await runtime.inspect("bot");
    expect(second.incarnation).not.toBe(first.incarnation);
    expect(await findProcesses({ variable: `TRINITY_AGENT_RUN=${first.incarnation}` })).toEqual([]);
    const log = await take(runtime.logs("bot", { tail: 100, follow: false, signal: AbortSignal.timeout(5_000) }));
    expect(log).toContain("It was ended by SIGKILL. It is started again.");
  });

  it("watched, every change is told within two seconds, a server that hangs included", async () => {
    const runtime = await agents.openRuntime();
    const seen: [string, string][] = [];
    const stopWatching = runtime.watch((state) => seen.push([state.status, state.health]));
    await runtime.create(agentSpec("bot"), FRESH);
    await runtime.start("bot");
    const pid = await serverPid(await runtime.inspect("bot"));
    sendSignal(pid, "SIGSTOP");
    await expect.poll(() => seen.at(-1), { timeout: 5_000 }).toEqual(["running", "unhealthy"]);
    expect(await runtime.inspect("bot")).toMatchObject({ problem: "The agent's server does not answer." });
    sendSignal(pid, "SIGCONT");
    await expect.poll(() => seen.at(-1), { timeout: 5_000 }).toEqual(["running", "healthy"]);
    await runtime.stop("bot");
    await expect.poll(() => seen.at(-1)).toEqual(["stopped", "unknown"]);
    stopWatching();
    await runtime.remove("bot", { keepWorkspace: false });
    expect(seen.at(-1)).toEqual(["stopped", "unknown"]);
  });

  it("a server that hangs is ended all the same", { timeout: 60_000 }, async () => {
    const runtime = await agents.openRuntime();
    await runtime.create(agentSpec("bot"), FRESH);
    await runtime.start("bot");
    const pid = await serverPid(await runtime.inspect("bot"));
    sendSignal(pid, "SIGSTOP");
    await runtime.stop("bot");
    expect(sendSignal(pid, "SIGCONT")).toBe(false);
  });
});

describe("a portal that starts again", () => {
  it("finds its agents, and starts those that were running", async () => {
    const earlier = await agents.openRuntime();
    for (const name of ["runs", "stopped", "removed"]) await earlier.create(agentSpec(name), FRESH);
    await earlier.start("runs");
    await earlier.start("stopped");
    await earlier.stop("stopped");
    await earlier.remove("removed", { keepWorkspace: true });
    const first = await earlier.inspect("runs");
    await earlier.close();
    expect(await findProcesses({ variable: `TRINITY_AGENT_RUN=${first.incarnation}` })).toEqual([]);
    await expect(earlier.inspect("runs")).rejects.toMatchObject({ code: "unavailable" });

    const later = await agents.openRuntime();
    await expect.poll(async () => (await later.inspect("runs")).status, { timeout: 15_000 }).toBe("running");
    expect((await later.list()).map((state) => [state.name, state.status])).toEqual([
      ["runs", "running"],
      ["stopped", "stopped"],
    ]);
    expect((await later.inspect("runs")).labels).toEqual({ type: "assistant", template: null });
  });

  it("an agent whose files are damaged is left out, and the others are there", async () => {
    const earlier = await agents.openRuntime();
    for (const name of ["good", "bad"]) await earlier.create(agentSpec(name), FRESH);
    await earlier.close();
    await writeFile(path.join(agents.folder, "agents", "bad", "agent.json"), "{ half");
    const later = await agents.openRuntime();
    expect((await later.list()).map((state) => state.name)).toEqual(["good"]);
    expect(await later.inspect("bad")).toMatchObject({ status: "missing", hasWorkspace: true });
  });

  it("an agent that cannot start is a state and no obstacle", async () => {
    const earlier = await agents.openRuntime();
    await earlier.create(agentSpec("bot"), FRESH);
    await earlier.start("bot");
    await earlier.close();
    const later = await agents.openRuntime({ serverArgs: ["-e", "console.error('no such luck'); process.exit(3)"] });
    await expect
      .poll(() => later.inspect("bot"), { timeout: 10_000 })
      .toMatchObject({ status: "restarting", problem: expect.stringContaining("It ended with exit code 3") });
    await later.stop("bot");
    expect(await later.inspect("bot")).toMatchObject({ status: "stopped" });
  });
});
