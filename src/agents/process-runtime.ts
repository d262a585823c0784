import { requireValidSpec } from "#agents/agent-spec.ts";
import { openProcessAgent, type ProcessAgent, type ProcessAgentOptions } from "#agents/process-runtime-agent.ts";
import {
  type AgentFile,
  agentPaths,
  hasWorkspace,
  listAgents,
  makeFolders,
  readAgentFile,
  removeFiles,
  writeAgentFile,
} from "#agents/process-runtime-files.ts";
import type { AgentRuntime, AgentSpec, AgentState, CreateOptions } from "#agents/runtime.ts";
import { createSerialByKey } from "#agents/serial-by-key.ts";
import { agentNameProblem } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";

export type ProcessRuntimeOptions = Omit<ProcessAgentOptions, "onChange" | "inTurn"> & {
  /** Holds a folder for each agent, with its home and its workspace. */
  folder: string;
};

/** So many agents are being started at a time. */
const LANES = 4;

type Agents = {
  readonly options: ProcessRuntimeOptions;
  readonly inTurn: ProcessAgentOptions["inTurn"];
  readonly byName: Map<string, ProcessAgent>;
  readonly watchers: Set<(state: AgentState) => void>;
  /** Null until the runtime is open. */
  opened: Promise<void> | null;
};

/**
 * Agents as child processes of this one, for machines without Docker. They run as the same user: their folders are a
 * place to work in and not a fence, limits are not enforced, and a command could read what this user can read. They
 * are given the system's variables and their own, nothing of the portal's.
 */
export function createProcessRuntime(options: ProcessRuntimeOptions): AgentRuntime {
  const agents: Agents = { options, inTurn: createLanes(), byName: new Map(), watchers: new Set(), opened: null };
  const serially = createSerialByKey();
  const change = (name: string, act: (agent: ProcessAgent) => Promise<void>) =>
    serially(name, async () => act(await requireAgent(agents, name)));
  return {
    kind: "process",
    isContained: false,
    open() {
      agents.opened ??= takeUp(agents, (name, agent) => void serially(name, agent.resume));
      return agents.opened;
    },
    async close() {
      await agents.opened;
      agents.opened = null;
      await Promise.all([...agents.byName].map(([name, agent]) => serially(name, agent.close)));
      agents.byName.clear();
    },
    create: async (spec, how) => {
      requireValidSpec(spec);
      await serially(spec.name, () => create(agents, spec, how));
    },
    start: (name) => change(name, (agent) => agent.start()),
    stop: (name) => change(name, (agent) => agent.stop()),
    restart: (name) =>
      change(name, async (agent) => {
        await agent.stop();
        await agent.start();
      }),
    remove: (name, how) => serially(name, () => remove(agents, name, how)),
    inspect: async (name) => (await findAgent(agents, name))?.state() ?? missing(agents, name),
    list: () => list(agents),
    usage: async (name) => (await requireAgent(agents, name)).usage(),
    async *logs(name, request) {
      yield* (await requireAgent(agents, name)).logs(request);
    },
    watch(onChange) {
      agents.watchers.add(onChange);
      return () => agents.watchers.delete(onChange);
    },
    endpoint: async (name) => (await requireAgent(agents, name)).endpoint(),
  };
}

function createLanes(): ProcessAgentOptions["inTurn"] {
  const serially = createSerialByKey();
  let starts = 0;
  return (start) => {
    starts += 1;
    return serially(String(starts % LANES), start);
  };
}

async function takeUp(agents: Agents, resume: (name: string, agent: ProcessAgent) => void): Promise<void> {
  const { folder } = agents.options;
  for (const name of await listAgents(folder)) {
    const file = await readAgentFile(agentPaths(folder, name));
    if (file === null) continue;
    const agent = await openAgent(agents, name, file);
    resume(name, agent);
  }
}

async function openAgent(agents: Agents, name: string, file: AgentFile): Promise<ProcessAgent> {
  const { options, byName, inTurn } = agents;
  const onChange = (state: AgentState) => announce(agents, state);
  const agent = await openProcessAgent(agentPaths(options.folder, name), file, { ...options, onChange, inTurn });
  byName.set(name, agent);
  return agent;
}

/** The agent of that name, once all are known. */
async function findAgent(agents: Agents, name: string): Promise<ProcessAgent | null> {
  if (agents.opened === null) throw new DomainError("unavailable", "Agents run while the portal does. Try again then.");
  await agents.opened;
  return agents.byName.get(name) ?? null;
}

async function requireAgent(agents: Agents, name: string): Promise<ProcessAgent> {
  const agent = await findAgent(agents, name);
  if (agent === null) throw new DomainError("not_found", "No agent of that name is run here.");
  return agent;
}

async function create(agents: Agents, spec: AgentSpec, { workspace }: CreateOptions): Promise<void> {
  const { name } = spec;
  if ((await findAgent(agents, name)) !== null) {
    throw new DomainError("conflict", `There is an agent named "${name}" already.`);
  }
  const paths = agentPaths(agents.options.folder, name);
  if (workspace === "fresh" && (await hasWorkspace(paths))) {
    throw new DomainError("conflict", `Files of an earlier agent named "${name}" are kept. Choose another name.`);
  }
  try {
    const file = { spec, desired: "stopped", runId: null } as const;
    await makeFolders(paths);
    await writeAgentFile(paths, file);
    const agent = await openAgent(agents, name, file);
    announce(agents, await agent.state());
  } catch (error) {
    await removeFiles(paths, { keepWorkspace: workspace === "reuse" }).catch(() => undefined); // the first error tells
    throw new DomainError("unavailable", `The agent's folder cannot be made (${codeOf(error)}).`);
  }
}

async function remove(agents: Agents, name: string, { keepWorkspace }: { keepWorkspace: boolean }): Promise<void> {
  const agent = await findAgent(agents, name);
  const { hasWorkspace: isKept } = await missing(agents, name);
  if (agent === null && (keepWorkspace || !isKept)) await requireAgent(agents, name);
  const paths = agentPaths(agents.options.folder, name);
  await (agent?.remove({ keepWorkspace }) ?? removeFiles(paths, { keepWorkspace }));
  agents.byName.delete(name);
  announce(agents, await missing(agents, name));
}

async function list(agents: Agents): Promise<AgentState[]> {
  await findAgent(agents, "");
  const names = [...agents.byName.keys()].sort();
  const states = await Promise.all(names.map((name) => agents.byName.get(name)?.state()));
  return states.filter((state) => state !== undefined);
}

/** An agent that is not there, which may have left files. Any text may be asked about. */
async function missing(agents: Agents, name: string): Promise<AgentState> {
  const isName = agentNameProblem(name) === null;
  return {
    name,
    status: "missing",
    health: "unknown",
    problem: null,
    startedAt: null,
    incarnation: null,
    labels: null,
    limits: null,
    hasWorkspace: isName && (await hasWorkspace(agentPaths(agents.options.folder, name))),
  };
}

/** Whoever watches and fails does so alone. */
function announce(agents: Agents, state: AgentState): void {
  for (const tell of agents.watchers) queueMicrotask(() => tell(state));
}

/** What the system calls a failure; its text would name a path. */
function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
}
