import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { agentServerEnvironment } from "#agents/agent-server-environment.ts";
import { maskedLine, maskedLines } from "#agents/masked-log.ts";
import {
  type AgentFile,
  type AgentPaths,
  hasWorkspace,
  makeFolders,
  removeFiles,
  writeAgentFile,
} from "#agents/process-runtime-files.ts";
import { askHealth } from "#agents/process-runtime-health.ts";
import { keepRunning } from "#agents/process-runtime-keeper.ts";
import { type AgentLog, openAgentLog } from "#agents/process-runtime-log.ts";
import { describePhase, type Phase } from "#agents/process-runtime-phase.ts";
import { type AgentRun, endLeftovers, startRun } from "#agents/process-runtime-run.ts";
import { createUsageMeter } from "#agents/process-runtime-usage.ts";
import type { AgentEndpoint, AgentState, AgentUsage, LogOptions } from "#agents/runtime.ts";
import { DomainError } from "#domain/errors.ts";
import { createSecretMask, type SecretMask, secretsIn } from "#domain/secret-mask.ts";

/** What the agents of one machine have in common. */
export type ProcessAgentOptions = {
  /** What Node runs as an agent's server. Absolute paths: it runs in the agent's folder. */
  serverArgs: readonly string[];
  /** Claude Code, where it is not `claude` on the PATH. */
  claudeCodePath: string | null;
  /** The system's variables, with nothing of the portal's own. */
  systemEnvironment: Readonly<Record<string, string>>;
  onChange(state: AgentState): void;
  /** Runs a start when there is room for it: many at once would all be late. */
  inTurn(start: () => Promise<AgentRun>): Promise<AgentRun>;
};

/** One agent as a child process. What changes it is called one after the other. */
export type ProcessAgent = Awaited<ReturnType<typeof openProcessAgent>>;

type Agent = {
  readonly paths: AgentPaths;
  readonly options: ProcessAgentOptions;
  readonly log: AgentLog;
  file: AgentFile;
  phase: Phase;
  /** The state that was told last. */
  told: string;
  /** Resolves, once `abort` was called, when nothing runs any more. */
  keeping: { abort: AbortController; done: Promise<void> } | null;
};

const LOG_BYTES_MAX = 10 * 1024 * 1024;
const HEALTH_INTERVAL_MS = 1_500;
const LAST_WORDS = 3;
/** Longer paths leave too little for the sockets that programs make in their temporary folder. */
const TMP_PATH_LENGTH_MAX = 60;

/** The agent that this file describes, not yet running. */
export async function openProcessAgent(paths: AgentPaths, file: AgentFile, options: ProcessAgentOptions) {
  const log = await openAgentLog(paths.log, LOG_BYTES_MAX);
  const agent: Agent = {
    paths,
    options,
    log,
    file,
    phase: { kind: "stopped", problem: null },
    told: "",
    keeping: null,
  };
  return {
    state: () => stateOf(agent),
    resume: () => resume(agent),
    start: () => start(agent),
    stop: () => stop(agent),
    close: () => close(agent),
    remove: (how: { keepWorkspace: boolean }) => remove(agent, how),
    endpoint: () => endpointOf(agent),
    usage: async (): Promise<AgentUsage | null> => (agent.phase.kind === "running" ? agent.phase.usage() : null),
    logs: (request: LogOptions): AsyncIterable<string> => maskedLines(log.read(request), maskOf(agent)),
  };
}

async function stateOf({ file, phase, paths }: Agent): Promise<AgentState> {
  const { name, labels, limits } = file.spec;
  return { name, ...describePhase(phase), labels, limits, hasWorkspace: await hasWorkspace(paths) };
}

/** Brings it back after the portal's own restart, if it was running. */
async function resume(agent: Agent): Promise<void> {
  if (agent.file.desired !== "running") return endLeftovers(agent.file.runId);
  await enter(agent, { kind: "waiting", problem: null });
  void keep(agent, { isFirstTryFinal: false });
}

/** @throws DomainError unavailable with the reason and its last words; then it is stopped */
async function start(agent: Agent): Promise<void> {
  if (agent.phase.kind === "running") return;
  await halt(agent, null);
  await save(agent, { desired: "running" });
  try {
    await keep(agent, { isFirstTryFinal: true });
  } catch (error) {
    await save(agent, { desired: "stopped" });
    await halt(agent, reasonOf(error));
    throw new DomainError("unavailable", `${agent.file.spec.name} did not start: ${reasonOf(error)}`);
  }
}

async function stop(agent: Agent): Promise<void> {
  await save(agent, { desired: "stopped" });
  await halt(agent, null);
}

/** Ends it, and says nothing on whether it should run. */
async function close(agent: Agent): Promise<void> {
  await halt(agent, null);
  await agent.log.end();
}

async function remove(agent: Agent, { keepWorkspace }: { keepWorkspace: boolean }): Promise<void> {
  await halt(agent, null);
  await agent.log.remove();
  await removeFiles(agent.paths, { keepWorkspace });
}

/** @throws DomainError unavailable unless it is running */
function endpointOf({ phase, file }: Agent): AgentEndpoint {
  if (phase.kind === "running") return { ...phase.run.endpoint, secrets: secretsIn(file.spec.environment) };
  throw new DomainError("unavailable", [`${file.spec.name} is not running.`, phase.problem ?? ""].join(" ").trim());
}

/** Resolves when it runs. Where the first try is final, rejects when that fails. */
function keep(agent: Agent, { isFirstTryFinal }: { isFirstTryFinal: boolean }): Promise<void> {
  const abort = new AbortController();
  return new Promise((resolve, reject) => {
    const keeper = {
      signal: abort.signal,
      launch: () => launch(agent),
      onRun: async (run: AgentRun) => {
        await takeUp(agent, run);
        resolve();
      },
      onWait: async (reason: string) => {
        agent.log.write(`${reason}. It is started again.\n`);
        await enter(agent, { kind: "waiting", problem: `${reason}.` });
      },
    };
    const done = keepRunning(keeper, isFirstTryFinal).then(resolve, reject);
    agent.keeping = { abort, done };
  });
}

async function halt(agent: Agent, problem: string | null): Promise<void> {
  agent.keeping?.abort.abort();
  await agent.keeping?.done;
  agent.keeping = null;
  await enter(agent, { kind: "stopped", problem });
}

async function launch(agent: Agent): Promise<AgentRun> {
  const { paths, options, log } = agent;
  await endLeftovers(agent.file.runId);
  await makeFolders(paths);
  const runId = randomUUID();
  await save(agent, { runId });
  try {
    const environment = (token: string) => environmentOf(agent, token, runId);
    const run = { serverArgs: options.serverArgs, runId, cwd: paths.root, environment, onOutput: log.write };
    return await options.inTurn(() => startRun(run));
  } catch (error) {
    throw new Error(
      [reasonOf(error), ...log.last(LAST_WORDS).map((line) => maskedLine(line, maskOf(agent)))].join("\n"),
    );
  }
}

async function takeUp(agent: Agent, run: AgentRun): Promise<void> {
  const usage = createUsageMeter({ variable: `TRINITY_AGENT_RUN=${run.runId}`, rootPid: run.pid });
  await enter(agent, { kind: "running", run, usage, ...(await askHealth(run.endpoint)) });
  void watchHealth(agent, run);
}

async function watchHealth(agent: Agent, run: AgentRun): Promise<void> {
  for (;;) {
    await sleep(HEALTH_INTERVAL_MS, undefined, { ref: false });
    const report = await askHealth(run.endpoint);
    if (agent.phase.kind !== "running" || agent.phase.run !== run) return;
    await enter(agent, { ...agent.phase, ...report });
  }
}

async function enter(agent: Agent, phase: Phase): Promise<void> {
  agent.phase = phase;
  const state = await stateOf(agent);
  const text = JSON.stringify(state);
  if (text === agent.told) return;
  agent.told = text;
  agent.options.onChange(state);
}

async function save(agent: Agent, change: Partial<AgentFile>): Promise<void> {
  agent.file = { ...agent.file, ...change };
  await writeAgentFile(agent.paths, agent.file);
}

/** All that the agent's server is given: the system's variables and its own. */
function environmentOf({ paths, file, options }: Agent, token: string, runId: string): Record<string, string> {
  const { home, workspace, settings, tmp } = paths;
  const { claudeCodePath, systemEnvironment } = options;
  const place = { host: "127.0.0.1", port: 0, token, home, workspace, settingsFile: settings, claudeCodePath, runId };
  const own = agentServerEnvironment(file.spec, place);
  return tmp.length > TMP_PATH_LENGTH_MAX
    ? { ...systemEnvironment, ...own }
    : { ...systemEnvironment, TMPDIR: tmp, ...own };
}

function maskOf({ file }: Agent): SecretMask {
  return createSecretMask(secretsIn(file.spec.environment));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
