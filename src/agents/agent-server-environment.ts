import type { AgentSpec } from "#agents/runtime.ts";

/** Where one agent's server finds its things. Paths are those inside the container, if there is one. */
export type AgentServerPlace = {
  host: string;
  /** 0: any free port, reported to the parent process. */
  port: number;
  /** What callers must send as `X-Trinity-Agent-Token`. */
  token: string;
  /** Where Claude Code keeps its sessions; must last as long as the agent. */
  home: string;
  workspace: string;
  /** A settings file for Claude Code's `--settings`; null where root-owned managed settings do the same. */
  settingsFile: string | null;
  /** The CLI, where it is not `claude` on the PATH. */
  claudeCodePath: string | null;
  /** Put on everything the agent starts, so that it can be found and ended. Null where a container does that. */
  runId: string | null;
};

/**
 * The variables of an agent's server (src/agent-server), beside the system's own such as PATH. What is in the spec's
 * environment, and nothing else, the server hands on to Claude Code.
 */
export function agentServerEnvironment(spec: AgentSpec, place: AgentServerPlace): Record<string, string> {
  const variables: Record<string, string | null> = {
    ...spec.environment,
    HOME: place.home,
    AGENT_NAME: spec.name,
    AGENT_TYPE: spec.labels.type,
    TEMPLATE_NAME: spec.labels.template,
    AGENT_SERVER_HOST: place.host,
    AGENT_SERVER_PORT: String(place.port),
    AGENT_WORKSPACE: place.workspace,
    AGENT_PERMISSIONS: spec.permissions,
    AGENT_SETTINGS_FILE: place.settingsFile,
    AGENT_VARIABLES: Object.keys(spec.environment).join(","),
    TRINITY_AGENT_AUTH_TOKEN: place.token,
    TRINITY_AGENT_RUN: place.runId,
    CLAUDE_CODE_PATH: place.claudeCodePath,
  };
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}
