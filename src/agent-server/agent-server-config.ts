import path from "node:path";

/** What Claude Code may do without being asked: everything, or read and edit inside its workspace. */
export type Permissions = "full" | "workspace";

export type AgentServerConfig = {
  agent: { name: string; type: string | null; template: string | null };
  host: string;
  /** 0: any free port. */
  port: number;
  /** Null: every caller is let in. */
  token: string | null;
  home: string;
  workspace: string;
  permissions: Permissions;
  /** For `--settings`, which comes before a repository's own; null where managed settings are in place. */
  settingsFile: string | null;
  /** A path, or a name to be found on the PATH. */
  claudeCode: string;
  /** All that Claude Code and the commands it runs are given. */
  claudeEnvironment: Readonly<Record<string, string>>;
  turnTimeoutMs: number;
  logLevel: string;
  /** Inherited by everything this agent starts; null where a container holds it together. */
  runId: string | null;
};

/** What programs need of the system they run on. */
const SYSTEM_NAMES = [
  ...["PATH", "HOME", "TMPDIR", "SHELL", "USER", "LOGNAME", "TZ", "LANG", "LC_ALL", "LC_CTYPE"],
  ...["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "TRINITY_AGENT_RUN"],
];
/** Where nobody has said which variables are the agent's: those that are made for Claude Code. */
const CLAUDE_NAMES = /^(ANTHROPIC_|CLAUDE_CODE_|OTEL_|DISABLE_|ENABLE_)/;
const TURN_TIMEOUT_MS = 30 * 60_000;
const DEFAULT_PORT = 8000;

/**
 * A turn ends when it is answered. Commands in the background would keep Claude Code going after that, and make calls
 * that belong to no chat.
 */
const ONE_TURN_AT_A_TIME = { CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1" };

/**
 * Reads the settings of an agent's server; `agentServerEnvironment` of the portal writes them. Nothing else in it
 * reads the environment.
 * @throws Error naming the variable that cannot be used, without its value
 */
export function readAgentServerConfig(environment: NodeJS.ProcessEnv = process.env): AgentServerConfig {
  const home = required(environment, "HOME");
  return {
    agent: {
      name: environment.AGENT_NAME || "agent",
      type: environment.AGENT_TYPE || null,
      template: environment.TEMPLATE_NAME || null,
    },
    host: environment.AGENT_SERVER_HOST || "0.0.0.0",
    port: wholeNumber(environment, "AGENT_SERVER_PORT", { fallback: DEFAULT_PORT, max: 65_535 }),
    token: environment.TRINITY_AGENT_AUTH_TOKEN || null,
    home,
    workspace: path.resolve(environment.AGENT_WORKSPACE || home),
    permissions: permissionsIn(environment),
    settingsFile: environment.AGENT_SETTINGS_FILE || null,
    claudeCode: environment.CLAUDE_CODE_PATH || "claude",
    claudeEnvironment: claudeEnvironment(environment),
    turnTimeoutMs: wholeNumber(environment, "AGENT_TURN_TIMEOUT_MS", { fallback: TURN_TIMEOUT_MS, max: 86_400_000 }),
    logLevel: environment.LOG_LEVEL || "info",
    runId: environment.TRINITY_AGENT_RUN || null,
  };
}

/** The system's variables and the agent's, and no other: this server's token stays here. */
function claudeEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const listed = environment.AGENT_VARIABLES;
  const own =
    listed === undefined ? Object.keys(environment).filter((name) => CLAUDE_NAMES.test(name)) : listed.split(",");
  const given = [...SYSTEM_NAMES, ...own].flatMap((name) => {
    const value = environment[name];
    return value === undefined || name === "CLAUDE_CODE_PATH" ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(given), ...ONE_TURN_AT_A_TIME };
}

function permissionsIn({ AGENT_PERMISSIONS: value }: NodeJS.ProcessEnv): Permissions {
  if (value === undefined || value === "") return "workspace";
  if (value === "full" || value === "workspace") return value;
  throw new Error("AGENT_PERMISSIONS: neither full nor workspace");
}

function wholeNumber(environment: NodeJS.ProcessEnv, name: string, range: { fallback: number; max: number }): number {
  const text = environment[name];
  if (text === undefined || text === "") return range.fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > range.max) {
    throw new Error(`${name}: not a whole number between 0 and ${range.max}`);
  }
  return value;
}

function required(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (value === undefined || value === "") throw new Error(`${name}: it is needed and not set`);
  return value;
}
