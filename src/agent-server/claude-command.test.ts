import { expect, it } from "vitest";

import { claudeArguments, userMessage } from "#agent-server/claude-command.ts";

const OPTIONS = { permissions: "full", isRoot: false, settingsFile: null, model: null, sessionId: null } as const;

it.each([
  ["as an ordinary user with full permissions", {}, "--permission-mode bypassPermissions"],
  [
    "as root with full permissions, which may not be skipped then",
    { isRoot: true },
    "--permission-mode dontAsk --allowedTools",
  ],
  ["within its workspace", { permissions: "workspace" as const }, "--permission-mode acceptEdits"],
  [
    "within its workspace as root",
    { permissions: "workspace" as const, isRoot: true },
    "--permission-mode acceptEdits",
  ],
  ["with settings of its own", { settingsFile: "/a/settings.json" }, "--settings /a/settings.json"],
  ["with a model", { model: "sonnet" }, "--model sonnet"],
  ["going on with a session", { sessionId: "05dada38" }, "--resume 05dada38"],
])("Claude Code runs %s", (_, change, expected) => {
  expect(claudeArguments({ ...OPTIONS, ...change }).join(" ")).toContain(expected);
});

it("a message is one line, whatever it contains", () => {
  const text = 'line one\nline "two"\u2028\u0000';
  const line = userMessage(text);
  expect(line.indexOf("\n")).toBe(line.length - 1);
  expect(JSON.parse(line).message.content[0].text).toBe(text);
});
