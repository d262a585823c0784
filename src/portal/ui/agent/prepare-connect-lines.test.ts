import { expect, test } from "vitest";

import { keyPlaceholder, prepareConnectLines, prepareVariants } from "#portal/ui/agent/prepare-connect-lines.ts";

const connection = { gatewayUrl: "http://127.0.0.1:8585", virtualKey: "tvk_abc" };

test("shell lines can be pasted: base URL without /v1, and the key as the token", () => {
  const lines = prepareConnectLines(connection, { variant: "agent-key", format: "shell", hasExtras: false });
  expect(lines).toBe("export ANTHROPIC_BASE_URL='http://127.0.0.1:8585'\nexport ANTHROPIC_AUTH_TOKEN='tvk_abc'");
});

test("who keeps an own Anthropic key names the agent in one header", () => {
  const lines = prepareConnectLines(connection, { variant: "own-key", format: "dotenv", hasExtras: false });
  expect(lines).toBe('ANTHROPIC_BASE_URL="http://127.0.0.1:8585"\nANTHROPIC_CUSTOM_HEADERS="X-Trinity-Agent: tvk_abc"');
});

test("settings.json is JSON that Claude Code reads, extras included", () => {
  const lines = prepareConnectLines(connection, { variant: "agent-key", format: "settings", hasExtras: true });
  expect(JSON.parse(lines)).toEqual({
    env: {
      ANTHROPIC_BASE_URL: "http://127.0.0.1:8585",
      ANTHROPIC_AUTH_TOKEN: "tvk_abc",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_AUTOUPDATER: "1",
      CLAUDE_CODE_GATEWAY_HINT_HEADERS: "1",
    },
  });
});

test.each([
  [true, "agent-key"],
  [false, "own-key"],
  [null, "own-key"],
] as const)("with gatewayHoldsKey %s the variant that works comes first: %s", (holdsKey, first) => {
  expect(prepareVariants(holdsKey)[0]).toBe(first);
});

test("a key that cannot be shown again is named by its last characters", () => {
  expect(keyPlaceholder("x9Qz")).toBe("tvk_<the key that ends in x9Qz>");
});

test("with telemetry: the gateway's own address for it, the protocol, and the key", () => {
  const choice = { variant: "own-key", format: "dotenv", hasExtras: false, hasTelemetry: true } as const;
  const lines = prepareConnectLines(connection, choice).split("\n");
  expect(lines.slice(2)).toEqual([
    'CLAUDE_CODE_ENABLE_TELEMETRY="1"',
    'OTEL_METRICS_EXPORTER="otlp"',
    'OTEL_LOGS_EXPORTER="otlp"',
    'OTEL_EXPORTER_OTLP_PROTOCOL="http/protobuf"',
    'OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:8585/otlp"',
    'OTEL_EXPORTER_OTLP_HEADERS="X-Trinity-Agent=tvk_abc"',
  ]);
});
