import { describe, expect, it } from "vitest";

import { readAgentServerConfig } from "#agent-server/agent-server-config.ts";

const read = (environment: Record<string, string>) => readAgentServerConfig({ NODE_ENV: "test", ...environment });

describe("the settings of an agent's server", () => {
  it("have defaults that suit a container", () => {
    expect(read({ HOME: "/home/developer", PATH: "/bin" })).toMatchObject({
      agent: { name: "agent", type: null, template: null },
      host: "0.0.0.0",
      port: 8000,
      token: null,
      workspace: "/home/developer",
      permissions: "workspace",
      claudeCode: "claude",
      turnTimeoutMs: 1_800_000,
      settingsFile: null,
      runId: null,
    });
  });

  it("give Claude Code the system's variables and the listed ones, and no other", () => {
    const { claudeEnvironment } = read({
      HOME: "/h",
      PATH: "/bin",
      AGENT_VARIABLES: "ANTHROPIC_BASE_URL,MY_OWN,NOT_SET",
      ANTHROPIC_BASE_URL: "http://gateway:8585",
      ANTHROPIC_API_KEY: "sk-ant-not-listed",
      MY_OWN: "1",
      DATABASE_URL: "postgresql://secret",
      NODE_OPTIONS: "--inspect",
      TRINITY_AGENT_AUTH_TOKEN: "sesame",
      TRINITY_AGENT_RUN: "run-1",
    });
    expect(claudeEnvironment).toEqual({
      HOME: "/h",
      PATH: "/bin",
      ANTHROPIC_BASE_URL: "http://gateway:8585",
      MY_OWN: "1",
      TRINITY_AGENT_RUN: "run-1",
      CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
    });
  });

  it("give Claude Code what is made for it where nothing is listed", () => {
    const { claudeEnvironment } = read({
      HOME: "/h",
      ANTHROPIC_AUTH_TOKEN: "tvk_1",
      CLAUDE_CODE_MAX_RETRIES: "1",
      OTEL_METRICS_EXPORTER: "otlp",
      CLAUDE_CODE_PATH: "/opt/claude",
      AWS_SECRET_ACCESS_KEY: "x",
      TRINITY_AGENT_AUTH_TOKEN: "sesame",
    });
    expect(Object.keys(claudeEnvironment).sort()).toEqual([
      "ANTHROPIC_AUTH_TOKEN",
      "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS",
      "CLAUDE_CODE_MAX_RETRIES",
      "HOME",
      "OTEL_METRICS_EXPORTER",
    ]);
  });

  it.each([
    [{}, /^HOME:/],
    [{ HOME: "/h", AGENT_SERVER_PORT: "eighty" }, /^AGENT_SERVER_PORT: not a whole number/],
    [{ HOME: "/h", AGENT_SERVER_PORT: "70000" }, /^AGENT_SERVER_PORT/],
    [{ HOME: "/h", AGENT_TURN_TIMEOUT_MS: "-1" }, /^AGENT_TURN_TIMEOUT_MS/],
    [{ HOME: "/h", AGENT_PERMISSIONS: "everything" }, /^AGENT_PERMISSIONS: neither full nor workspace/],
  ])("%j cannot be used", (environment, problem) => {
    expect(() => read(environment)).toThrow(problem);
  });
});
