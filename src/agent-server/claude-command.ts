import type { Permissions } from "#agent-server/agent-server-config.ts";

export type CommandOptions = {
  permissions: Permissions;
  isRoot: boolean;
  settingsFile: string | null;
  model: string | null;
  /** The session to continue; null begins a new one. */
  sessionId: string | null;
};

const STREAMED = [
  "-p",
  ...["--input-format", "stream-json"],
  ...["--output-format", "stream-json"],
  "--verbose",
  "--include-partial-messages",
];

/** Every tool that asks first. Named, because as root Claude Code refuses to skip the question in general. */
const ASKING_TOOLS = "Bash,Edit,MultiEdit,NotebookEdit,Write,WebFetch,WebSearch,Skill,SlashCommand";

/** The arguments of Claude Code for one turn whose message comes on standard input. */
export function claudeArguments(options: CommandOptions): string[] {
  const { settingsFile, model, sessionId } = options;
  return [
    ...STREAMED,
    ...permissionArguments(options),
    ...(settingsFile === null ? [] : ["--settings", settingsFile]),
    ...(model === null ? [] : ["--model", model]),
    ...(sessionId === null ? [] : ["--resume", sessionId]),
  ];
}

function permissionArguments({ permissions, isRoot }: CommandOptions): string[] {
  if (permissions === "workspace") return ["--permission-mode", "acceptEdits"];
  return isRoot
    ? ["--permission-mode", "dontAsk", "--allowedTools", ASKING_TOOLS]
    : ["--permission-mode", "bypassPermissions"];
}

/** The line that starts the turn. */
export function userMessage(text: string): string {
  return `${JSON.stringify({ type: "user", message: { role: "user", content: [{ type: "text", text }] } })}\n`;
}

/** The line that makes Claude Code stop what it does and keep the session in order. */
export const INTERRUPT = `${JSON.stringify({ type: "control_request", request_id: "stop", request: { subtype: "interrupt" } })}\n`;
