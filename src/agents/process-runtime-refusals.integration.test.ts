import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { AgentState } from "#agents/runtime.ts";
import { agentSpec, CANARY, createProcessAgents, type ProcessAgents, serverPid } from "#testing/process-agents.ts";

const run = promisify(execFile);
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

describe("what cannot be done is said", () => {
  it("an agent that does not start: with its last words, and it stays stopped", async () => {
    const runtime = await agents.openRuntime({ serverArgs: ["-e", "console.error('no such luck'); process.exit(3)"] });
    await runtime.create(agentSpec("bot"), FRESH);
    await expect(runtime.start("bot")).rejects.toMatchObject({
      code: "unavailable",
      message: "bot did not start: It ended with exit code 3\nno such luck",
    });
    expect(await runtime.inspect("bot")).toMatchObject({
      status: "stopped",
      problem: expect.stringContaining("code 3"),
    });
  });

  it("Claude Code that is not installed: the agent runs, and says what is missing", async () => {
    const runtime = await agents.openRuntime({ claudeCodePath: path.join(agents.folder, "nowhere") });
    await runtime.create(agentSpec("bot"), FRESH);
    await runtime.start("bot");
    expect(await runtime.inspect("bot")).toMatchObject({
      status: "running",
      health: "unhealthy",
      problem: `There is no program at ${path.join(agents.folder, "nowhere")}, where CLAUDE_CODE_PATH says that Claude Code is. Correct the path, or leave it out.`,
    });
  });

  it("an unknown agent, whatever its name", async () => {
    const runtime = await agents.openRuntime();
    for (const name of ["ghost", "../etc", "a\nb", "", "a".repeat(300)]) {
      expect(await runtime.inspect(name)).toMatchObject({ name, status: "missing", hasWorkspace: false });
      const calls = await Promise.allSettled([
        runtime.start(name),
        runtime.stop(name),
        runtime.restart(name),
        runtime.remove(name, { keepWorkspace: false }),
        runtime.usage(name),
        runtime.endpoint(name),
        take(runtime.logs(name, { tail: 1, follow: false, signal: AbortSignal.timeout(1_000) })),
      ]);
      for (const call of calls) expect(call).toMatchObject({ status: "rejected", reason: { code: "not_found" } });
    }
    expect(await readdir(agents.folder)).toEqual(["claude"]);
  });

  it("a spec that cannot be run, and a name that is taken, also by two at once", async () => {
    const runtime = await agents.openRuntime();
    await expect(runtime.create(agentSpec("../bot"), FRESH)).rejects.toMatchObject({ code: "invalid_input" });
    const sly = agentSpec("bot", { environment: { NODE_OPTIONS: "--inspect" } });
    await expect(runtime.create(sly, FRESH)).rejects.toMatchObject({ code: "invalid_input" });
    const both = await Promise.allSettled([
      runtime.create(agentSpec("bot"), FRESH),
      runtime.create(agentSpec("bot"), FRESH),
    ]);
    expect(both.map((result) => result.status)).toEqual(["fulfilled", "rejected"]);
    expect(both[1]).toMatchObject({ reason: { code: "conflict" } });
  });

  it("a folder that cannot be written: nothing half-made is left", async () => {
    const runtime = await agents.openRuntime();
    await writeFile(path.join(agents.folder, "agents"), "a file where the folder should be");
    await expect(runtime.create(agentSpec("bot"), FRESH)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/^The agent's folder cannot be made \(E[A-Z]+\)\.$/),
    });
    expect(await runtime.list()).toEqual([]);
  });
});

describe("what belongs to the portal stays with it", () => {
  it("no agent sees the portal's variables, and no secret is in a state, an error or a log", async () => {
    const runtime = await agents.openRuntime();
    const seen: AgentState[] = [];
    runtime.watch((state) => seen.push(state));
    vi.stubEnv("NEXTAUTH_SECRET", "canary-of-the-portal");
    await runtime.create(agentSpec("bot"), FRESH);
    await runtime.start("bot");
    vi.unstubAllEnvs();
    const state = await runtime.inspect("bot");
    const environment = await readFile(`/proc/${await serverPid(state)}/environ`, "utf8");
    const names = environment.split("\0").map((entry) => entry.split("=")[0]);
    expect(names.filter((name) => name !== "").sort()).toEqual([
      "AGENT_NAME",
      "AGENT_PERMISSIONS",
      "AGENT_SERVER_HOST",
      "AGENT_SERVER_PORT",
      "AGENT_SETTINGS_FILE",
      "AGENT_TYPE",
      "AGENT_VARIABLES",
      "AGENT_WORKSPACE",
      "ANTHROPIC_AUTH_TOKEN",
      "ANTHROPIC_BASE_URL",
      "CLAUDE_CODE_PATH",
      "HOME",
      "NODE_CHANNEL_FD",
      "NODE_CHANNEL_SERIALIZATION_MODE",
      "PATH",
      "TMPDIR",
      "TRINITY_AGENT_AUTH_TOKEN",
      "TRINITY_AGENT_RUN",
    ]);
    const { token } = await runtime.endpoint("bot");
    const log = await readFile(path.join(agents.folder, "agents", "bot", "agent.log"), "utf8");
    const told = JSON.stringify([state, seen, log, await runtime.list()]);
    for (const secret of [CANARY, token ?? "none", "canary-of-the-portal"]) expect(told).not.toContain(secret);
    const { stdout } = await run("ps", ["-eo", "args"]);
    expect(stdout).not.toContain(CANARY);
  });
});
