/**
 * A port, three adapters: agents of ours in containers (docker-runtime.ts), as child processes (process-runtime.ts), and
 * in containers of others (adopted-runtime.ts).
 */

/**
 * `running`: the program runs (whether it works is `health`). `stopped`: it was created, or has ended and nobody
 * starts it again. `restarting`: it has died and is being started again. `paused`, `restarting` and `removing` are
 * Docker's own words. `missing`: the runtime has no agent of that name.
 */
export type AgentStatus = "running" | "stopped" | "paused" | "restarting" | "removing" | "missing";

/** Whether the agent's server answers and could run Claude Code. `unknown` unless the agent is running. */
export type AgentHealth = "starting" | "healthy" | "unhealthy" | "unknown";

/** null: no limit. `cpus` counts cores and may be a fraction. */
export type AgentLimits = { cpus: number | null; memoryBytes: number | null };

/** What the agent says of itself to people and programs that list containers (Docker: Trinity's labels). */
export type AgentLabels = { type: string | null; template: string | null };

/**
 * What Claude Code may do without being asked. `full`: run any command, change any file it can reach: for containers,
 * which are the fence. `workspace`: read, and change files in its workspace; other commands are refused.
 */
export type AgentPermissions = "full" | "workspace";

/** Settings of Claude Code that nothing in a repository overrides, as JSON. */
export type ManagedSettings = { env: Readonly<Record<string, string>> } & Readonly<Record<string, unknown>>;

/** All that a runtime needs to make an agent. It holds the agent's key: it is never logged or answered. */
export type AgentSpec = {
  /** Valid by `agentNameProblem`: it becomes a container's name, a host name and a folder's name. */
  name: string;
  /** What Claude Code is given, from agent-environment.ts. The runtime adds what its own server needs. */
  environment: Readonly<Record<string, string>>;
  /**
   * Docker: root-owned /etc/claude-code/managed-settings.json. Process: a file handed over with `--settings`, which
   * also comes before a repository's settings, but which the agent itself could change.
   */
  managedSettings: ManagedSettings;
  labels: AgentLabels;
  limits: AgentLimits;
  permissions: AgentPermissions;
};

/** One agent as the runtime sees it now. Holds no secret. */
export type AgentState = {
  name: string;
  status: AgentStatus;
  health: AgentHealth;
  /** Why it does not work, in a sentence for people, or null. */
  problem: string | null;
  /** When the present run began; null unless it is running. */
  startedAt: Date | null;
  /** Names this very run or container: another value means that it was replaced behind our back. Null when missing. */
  incarnation: string | null;
  /** The present ones; null when missing. */
  labels: AgentLabels | null;
  limits: AgentLimits | null;
  /** Whether files are kept under this name, also after the agent was removed with `keepWorkspace`. */
  hasWorkspace: boolean;
};

/** The agent and everything it has started. `cpuPercent`: 100 is one core. `memoryLimitBytes` null: no limit in force. */
export type AgentUsage = { cpuPercent: number; memoryBytes: number; memoryLimitBytes: number | null };

/**
 * Where the agent's server listens, and the value of `X-Trinity-Agent-Token` that it demands (null: none). In a
 * container, which only the gateway shares a network with, `container` says which and at what address.
 */
export type AgentEndpoint = {
  url: string;
  token: string | null;
  container?: { name: string; address: string };
  /** What of the agent's environment nobody may be told, whatever the agent says. */
  secrets?: readonly string[];
};

export type CreateOptions = {
  /**
   * `fresh`: there must be no files under this name. `reuse`: files that were kept become the agent's: for making it
   * again with another environment, never for somebody else's new agent of the same name.
   */
  workspace: "fresh" | "reuse";
};

export type LogOptions = {
  /** At most this many of the last lines come first. At most 1,000. */
  tail: number;
  /** Afterwards, new lines as they are written, until the signal aborts or the agent is removed. */
  follow: boolean;
  signal: AbortSignal;
};

/**
 * Runs agents of ours. Errors are DomainErrors, one code per kind of failure: `not_found` no agent of that name;
 * `invalid_input` a spec that cannot be run; `conflict` the name is taken (by an agent, a container that is not ours,
 * or kept files); `unavailable` everything that may work later, with the reason: the engine is down, the image is
 * missing, the agent did not start, it is not running. Calls about one agent are done one after the other; `start`
 * on a running agent and `stop` on a stopped one do nothing. No error or state holds a secret.
 *
 * The parent: containers belong to the Docker engine and outlive the portal. Processes are children of the portal and
 * end with it, however it ends; `open` brings back those that were running.
 */
export type AgentRuntime = {
  /** `adopted`: containers that others have made (adopted-runtime.ts), which are not made here. */
  kind: "docker" | "process" | "adopted";
  /** Whether an agent is fenced in: limits are enforced, and it cannot read the portal's files. */
  isContained: boolean;

  /**
   * Takes up the work: what should run is started or found running. A failing agent is a state, not an error. Once
   * open, it only says whether agents can be run now.
   */
  open(): Promise<void>;
  /** Lets go: streams end; processes end and come back with the next `open`; containers go on. */
  close(): Promise<void>;

  /** Makes the agent, stopped. Half-made agents are taken back. */
  create(spec: AgentSpec, options: CreateOptions): Promise<void>;
  /** Resolves when the agent's server answers. From then on the agent is started again whenever it dies. */
  start(name: string): Promise<void>;
  /** Asks it to end, and ends it when its time is up. It stays stopped, also over restarts of anything else. */
  stop(name: string): Promise<void>;
  /** As `stop` and `start`, and at once. */
  restart(name: string): Promise<void>;
  /** Ends and removes the agent, running or not. Without `keepWorkspace`, its files too, also those kept earlier. */
  remove(name: string, options: { keepWorkspace: boolean }): Promise<void>;

  /** The agent's state; of an unknown name, the status `missing`. */
  inspect(name: string): Promise<AgentState>;
  /** Every agent of this runtime, by name. */
  list(): Promise<AgentState[]>;
  /** What the agent consumes now, or null when it is not running. Takes up to a second. */
  usage(name: string): Promise<AgentUsage | null>;
  /** Its output, line by line, without line ends; very long lines are cut. */
  logs(name: string, options: LogOptions): AsyncIterable<string>;
  /** Calls `onChange` with the new state within two seconds of any change to any agent. Returns how to stop. */
  watch(onChange: (state: AgentState) => void): () => void;
  /** For this moment's request: port and token may be others after a restart. Rejects unless it is running. */
  endpoint(name: string): Promise<AgentEndpoint>;
};
