import { describe, expect, it } from "vitest";

import {
  agentEnvironment,
  claudeBaseUrl,
  managedSettings,
  type RoutedAgent,
  type RoutingChoice,
  type RoutingSettings,
  routingVariables,
} from "#agents/agent-environment.ts";

const KEY = `tvk_${"k".repeat(43)}`;
const AGENT: RoutedAgent = {
  name: "research-bot",
  ownerId: "alice",
  type: "business-assistant",
  template: "github:org/repo",
  virtualKey: KEY,
};
const SETTINGS: RoutingSettings = {
  gatewayUrl: "http://gateway:8585",
  helicone: { url: "http://helicone:8585", writeKey: "pk-helicone-abc" },
  otlp: null,
};
const INTERVALS = { OTEL_METRIC_EXPORT_INTERVAL: "10000", OTEL_LOGS_EXPORT_INTERVAL: "5000" };
const SWITCHES = { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1", DISABLE_AUTOUPDATER: "1" };

function environmentOf(
  choice: Partial<RoutingChoice> = {},
  agent: Partial<RoutedAgent> = {},
  settings: Partial<RoutingSettings> = {},
) {
  const chosen: RoutingChoice = { routing: "gateway", keyMode: "virtual", ...choice };
  return agentEnvironment(routingVariables({ ...AGENT, ...agent }, chosen, { ...SETTINGS, ...settings }));
}

describe("the environment of an agent", () => {
  it("through the gateway with its key as the only credential", () => {
    expect(environmentOf()).toEqual({
      ANTHROPIC_BASE_URL: "http://gateway:8585",
      ANTHROPIC_AUTH_TOKEN: KEY,
      CLAUDE_CODE_GATEWAY_HINT_HEADERS: "1",
      ...SWITCHES,
    });
  });

  it("through the gateway beside a credential of its own", () => {
    expect(environmentOf({ keyMode: "passthrough" })).toEqual({
      ANTHROPIC_BASE_URL: "http://gateway:8585",
      ANTHROPIC_CUSTOM_HEADERS: `X-Trinity-Agent: ${KEY}`,
      CLAUDE_CODE_GATEWAY_HINT_HEADERS: "1",
      ...SWITCHES,
    });
  });

  it("straight to Helicone: one header a line, and not our key", () => {
    expect(environmentOf({ routing: "helicone" })).toEqual({
      ANTHROPIC_BASE_URL: "http://helicone:8585/v1/gateway/anthropic",
      ANTHROPIC_CUSTOM_HEADERS: [
        "Helicone-Auth: Bearer pk-helicone-abc",
        "Helicone-User-Id: research-bot",
        "Helicone-Property-Agent-Name: research-bot",
        "Helicone-Property-Owner-Id: alice",
        "Helicone-Property-Agent-Type: business-assistant",
        "Helicone-Property-Template: github:org/repo",
      ].join("\n"),
      ...SWITCHES,
    });
  });

  it.each(["helicone", "direct"] as const)(
    "with routing %s and Helicone off: no base URL, no key of ours",
    (routing) => {
      expect(environmentOf({ routing }, {}, { helicone: null })).toEqual(SWITCHES);
    },
  );

  it("with telemetry: the protocol is said, values are encoded, and only our own collector learns the key", () => {
    const agent = { ownerId: "a=b,c", type: "Zoë 代理" };
    const otlp = { endpoint: "http://collector:4318", protocol: "http/protobuf", isGateway: false } as const;
    const telemetry = {
      CLAUDE_CODE_ENABLE_TELEMETRY: "1",
      OTEL_METRICS_EXPORTER: "otlp",
      OTEL_LOGS_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318",
      OTEL_RESOURCE_ATTRIBUTES:
        "agent.name=research-bot,agent.owner=a%3Db%2Cc,agent.type=Zo%C3%AB%20%E4%BB%A3%E7%90%86",
    };
    const foreign = environmentOf({ routing: "direct" }, agent, { otlp });
    expect(foreign).toEqual({ ...SWITCHES, ...telemetry });
    const ours = environmentOf({ routing: "direct" }, agent, { otlp: { ...otlp, isGateway: true } });
    expect(ours).toEqual({ ...foreign, OTEL_EXPORTER_OTLP_HEADERS: `X-Trinity-Agent=${KEY}`, ...INTERVALS });
  });

  it("reports to the gateway itself, where nobody named another collector: all agents, or those that go past it", () => {
    const endpoint = (routing: RoutingChoice["routing"], settings: Partial<RoutingSettings>) =>
      environmentOf({ routing }, {}, settings).OTEL_EXPORTER_OTLP_ENDPOINT;
    expect(endpoint("gateway", { ownTelemetry: "all" })).toBe("http://gateway:8585/otlp");
    expect(endpoint("gateway", { ownTelemetry: "direct" })).toBeUndefined();
    expect(endpoint("direct", { ownTelemetry: "direct", gatewayUrl: "http://gateway:8585/v1" })).toBe(
      "http://gateway:8585/otlp",
    );
    expect(endpoint("direct", { ownTelemetry: "off" })).toBeUndefined();
    const otlp = { endpoint: "http://collector:4318", protocol: "http/protobuf", isGateway: false } as const;
    expect(endpoint("direct", { ownTelemetry: "all", otlp })).toBe("http://collector:4318");
  });

  it("is made to report, or not to, by what is said of the agent itself", () => {
    const endpoint = (reportsTelemetry: boolean | null, settings: Partial<RoutingSettings>) =>
      environmentOf({ routing: "gateway" }, { reportsTelemetry }, settings).OTEL_EXPORTER_OTLP_ENDPOINT;
    const otlp = { endpoint: "http://collector:4318", protocol: "http/protobuf", isGateway: false } as const;
    expect(endpoint(true, { ownTelemetry: "off" })).toBe("http://gateway:8585/otlp");
    expect(endpoint(true, { otlp })).toBe("http://collector:4318");
    expect(endpoint(false, { ownTelemetry: "all" })).toBeUndefined();
    expect(endpoint(false, { otlp })).toBeUndefined();
    expect(endpoint(null, { ownTelemetry: "all" })).toBe("http://gateway:8585/otlp");
  });

  it("leaves out of the telemetry what is not known", () => {
    const otlp = { endpoint: "http://collector:4318", protocol: "http/json", isGateway: false } as const;
    expect(environmentOf({}, { ownerId: null, type: "" }, { otlp }).OTEL_RESOURCE_ATTRIBUTES).toBe(
      "agent.name=research-bot",
    );
  });

  it.each([
    ["a line end", "a\nx-api-key: stolen", "a%0Ax-api-key: stolen"],
    ["a carriage return", "a\rb", "a%0Db"],
    ["letters beyond Latin-1", "代理", "%E4%BB%A3%E7%90%86"],
    ["a percent sign", "50%", "50%25"],
    ["half a character", "a\ud800b", "a%EF%BF%BDb"],
  ])("keeps %s from becoming another header, or none", (_, ownerId, expected) => {
    const text = environmentOf({ routing: "helicone" }, { ownerId }).ANTHROPIC_CUSTOM_HEADERS;
    expect(text?.split("\n")).toHaveLength(6);
    expect(text).toContain(`Helicone-Property-Owner-Id: ${expected}\n`);
  });

  it.each([
    ["a name with a line end", { name: "a\nx-api-key: k" }],
    ["a name of 300 characters", { name: "a".repeat(300) }],
    ["a name that climbs", { name: "../a" }],
    ["an empty name", { name: "" }],
    ["a name in capitals", { name: "Agent" }],
    ["a key that is not ours", { virtualKey: "sk-ant-api03-abcdefghijklmnop" }],
    ["a key with a line end", { virtualKey: `${KEY}\nx-api-key: k` }],
    ["an empty key", { virtualKey: "" }],
  ])("is refused for %s", (_, agent) => {
    for (const routing of ["gateway", "helicone", "direct"] as const) {
      expect(() => environmentOf({ routing }, agent)).toThrow(expect.objectContaining({ code: "invalid_input" }));
    }
  });

  it("accepts the names of containers made by others", () => {
    expect(environmentOf({}, { name: "trinity_bot.v2-3" }).ANTHROPIC_AUTH_TOKEN).toBe(KEY);
  });

  it("is refused for a Helicone key that no header can carry", () => {
    const helicone = { url: "http://helicone:8585", writeKey: "pk\nHost: evil" };
    expect(() => environmentOf({ routing: "helicone" }, {}, { helicone })).toThrow(/no header can carry/);
  });
});

describe("the address that Claude Code is given", () => {
  it.each([
    ["http://gateway:8585", "http://gateway:8585"],
    ["http://gateway:8585/", "http://gateway:8585"],
    ["http://gateway:8585/v1", "http://gateway:8585"],
    ["http://gateway:8585/v1/", "http://gateway:8585"],
    ["https://llm.example.com/door/v1", "https://llm.example.com/door"],
    ["https://llm.example.com/door//", "https://llm.example.com/door"],
  ])("from %s: %s", (address, expected) => {
    expect(claudeBaseUrl(address)).toBe(expected);
  });

  it.each([
    "",
    "gateway:8585",
    "ftp://gateway",
    "http://u:p@gateway",
    "http://gateway?a=1",
    "http://gateway#x",
    "http://a\nb",
  ])("cannot be %j", (address) => {
    expect(() => claudeBaseUrl(address)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });
});

describe("the managed settings", () => {
  it("hold the whole environment, and shut every way around it that the environment does not use", () => {
    const { env } = managedSettings({ ...environmentOf(), HTTPS_PROXY: "http://proxy:3128" });
    expect(env).toMatchObject({
      ...environmentOf(),
      HTTPS_PROXY: "http://proxy:3128",
      HTTP_PROXY: "",
      https_proxy: "",
      ANTHROPIC_CUSTOM_HEADERS: "",
      ANTHROPIC_UNIX_SOCKET: "",
      CLAUDE_CODE_ENABLE_TELEMETRY: "",
      CLAUDE_CODE_USE_BEDROCK: "",
      CLAUDE_CODE_USE_VERTEX: "",
    });
  });
});
