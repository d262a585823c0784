import { describe, expect, it } from "vitest";

import { agentServerEnvironment } from "#agents/agent-server-environment.ts";
import { requireValidSpec } from "#agents/agent-spec.ts";
import type { AgentSpec } from "#agents/runtime.ts";

const SPEC: AgentSpec = {
  name: "research-bot",
  environment: { ANTHROPIC_BASE_URL: "http://127.0.0.1:8585" },
  managedSettings: { env: {} },
  labels: { type: "business-assistant", template: null },
  limits: { cpus: 0.5, memoryBytes: 1024 ** 3 },
  permissions: "full",
};

const GIB = 1024 ** 3;
const BAD: [what: string, change: Partial<AgentSpec>, problem: RegExp][] = [
  ["an empty name", { name: "" }, /name/],
  ["a name that climbs", { name: "../etc" }, /lower-case/],
  ["a name with a line end", { name: "a\nb" }, /lower-case/],
  ["a name of 300 characters", { name: "a".repeat(300) }, /63/],
  ["a variable without a name", { environment: { "": "1" } }, /letters, digits/],
  ["a variable with = in its name", { environment: { "A=B": "1" } }, /letters, digits/],
  ["a variable with a line end in its name", { environment: { "A\nB": "1" } }, /letters, digits/],
  ["a value with NUL", { environment: { A: "secret\0" } }, /A holds a NUL/],
  ["a value of 65 KB", { environment: { A: "s".repeat(66_000) } }, /A is longer/],
  ["the agent's token", { environment: { TRINITY_AGENT_AUTH_TOKEN: "x" } }, /set by the runtime/],
  ["a loader's variable", { environment: { LD_PRELOAD: "/x.so" } }, /set by the runtime/],
  ["Node's options", { environment: { NODE_OPTIONS: "--inspect" } }, /set by the runtime/],
  ["another home", { environment: { HOME: "/root" } }, /set by the runtime/],
  ["a type on two lines", { labels: { type: "a\nb", template: null } }, /one line/],
  ["a template of 201 characters", { labels: { type: null, template: "t".repeat(201) } }, /200/],
  ["no CPU", { limits: { cpus: 0, memoryBytes: null } }, /CPU/],
  ["CPU that is no number", { limits: { cpus: Number.NaN, memoryBytes: null } }, /CPU/],
  ["endless CPU", { limits: { cpus: Number.POSITIVE_INFINITY, memoryBytes: null } }, /CPU/],
  ["too little memory", { limits: { cpus: null, memoryBytes: GIB / 4 } }, /512 MB/],
  ["memory that is no whole number", { limits: { cpus: null, memoryBytes: GIB + 0.5 } }, /512 MB/],
  ["memory that is no number", { limits: { cpus: null, memoryBytes: Number.NaN } }, /512 MB/],
];

describe("a spec", () => {
  it("passes when it can be run, with and without limits", () => {
    expect(() => requireValidSpec(SPEC)).not.toThrow();
    expect(() => requireValidSpec({ ...SPEC, limits: { cpus: null, memoryBytes: null } })).not.toThrow();
  });

  it.each(BAD)("is refused for %s, without a value in the text", (_, change, problem) => {
    const refused = expect.objectContaining({ code: "invalid_input", message: expect.stringMatching(problem) });
    expect(() => requireValidSpec({ ...SPEC, ...change })).toThrow(refused);
    expect(() => requireValidSpec({ ...SPEC, ...change })).toThrow(/^(?!.*secret)/);
  });
});

describe("what an agent's server is told", () => {
  const place = {
    host: "127.0.0.1",
    port: 0,
    token: "t0ken",
    home: "/home/developer",
    workspace: "/home/developer",
    settingsFile: null,
    claudeCodePath: null,
    runId: null,
  };

  it("names the variables that Claude Code gets, and leaves out what is not set", () => {
    const environment = { ANTHROPIC_BASE_URL: "http://gateway:8585", OTEL_METRICS_EXPORTER: "otlp" };
    expect(agentServerEnvironment({ ...SPEC, environment }, place)).toEqual({
      ...environment,
      AGENT_NAME: "research-bot",
      AGENT_TYPE: "business-assistant",
      AGENT_PERMISSIONS: "full",
      AGENT_SERVER_HOST: "127.0.0.1",
      AGENT_SERVER_PORT: "0",
      AGENT_VARIABLES: "ANTHROPIC_BASE_URL,OTEL_METRICS_EXPORTER",
      AGENT_WORKSPACE: "/home/developer",
      HOME: "/home/developer",
      TRINITY_AGENT_AUTH_TOKEN: "t0ken",
    });
  });

  it("comes before what the spec says", () => {
    const sly = { ...SPEC, environment: { CLAUDE_CODE_PATH: "/tmp/sly" } };
    expect(agentServerEnvironment(sly, place)).not.toHaveProperty("CLAUDE_CODE_PATH");
  });
});
