import { VIRTUAL_KEY_PREFIX } from "#domain/agent.ts";

export const CONNECT_FORMATS = ["shell", "dotenv", "settings"] as const;
export type ConnectFormat = (typeof CONNECT_FORMATS)[number];

/** `agent-key`: the agent's key is its only credential. `own-key`: it keeps its own and names itself in a header. */
export type ConnectVariant = "agent-key" | "own-key";

type Connection = { gatewayUrl: string; virtualKey: string };

/** Fewer calls that are not the agent's work, a version that stays, and headers that group calls by prompt. */
const EXTRAS = [
  ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"],
  ["DISABLE_AUTOUPDATER", "1"],
  ["CLAUDE_CODE_GATEWAY_HINT_HEADERS", "1"],
] as const;

/** What stands for a key that is no longer readable: it cannot be mistaken for one, and says which key is meant. */
export function keyPlaceholder(keyHint: string): string {
  return `${VIRTUAL_KEY_PREFIX}<the key that ends in ${keyHint}>`;
}

/** The two variants, the one that works first: without an Anthropic key of its own the gateway needs the agent's. */
export function prepareVariants(gatewayHoldsKey: boolean | null): ConnectVariant[] {
  return gatewayHoldsKey === true ? ["agent-key", "own-key"] : ["own-key", "agent-key"];
}

/** The lines that point Claude Code at the gateway, ready to paste. No `/v1`: Claude Code appends it. */
export function prepareConnectLines(
  connection: Connection,
  choice: { variant: ConnectVariant; format: ConnectFormat; hasExtras: boolean; hasTelemetry?: boolean },
): string {
  const variables = [
    ["ANTHROPIC_BASE_URL", connection.gatewayUrl] as const,
    credential(connection, choice.variant),
    ...(choice.hasExtras ? EXTRAS : []),
    ...(choice.hasTelemetry === true ? telemetry(connection) : []),
  ];
  switch (choice.format) {
    case "shell":
      return variables.map(([name, value]) => `export ${name}='${value}'`).join("\n");
    case "dotenv":
      return variables.map(([name, value]) => `${name}="${value}"`).join("\n");
    case "settings":
      return JSON.stringify({ env: Object.fromEntries(variables) }, null, 2);
  }
}

/** Claude Code's own count of its costs, sent to the gateway. The protocol is said: versions differ in what they do without. */
function telemetry({ gatewayUrl, virtualKey }: Connection): (readonly [string, string])[] {
  return [
    ["CLAUDE_CODE_ENABLE_TELEMETRY", "1"],
    ["OTEL_METRICS_EXPORTER", "otlp"],
    ["OTEL_LOGS_EXPORTER", "otlp"],
    ["OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", `${gatewayUrl}/otlp`],
    ["OTEL_EXPORTER_OTLP_HEADERS", `X-Trinity-Agent=${virtualKey}`],
  ];
}

function credential({ virtualKey }: Connection, variant: ConnectVariant): readonly [string, string] {
  return variant === "agent-key"
    ? ["ANTHROPIC_AUTH_TOKEN", virtualKey]
    : ["ANTHROPIC_CUSTOM_HEADERS", `X-Trinity-Agent: ${virtualKey}`];
}
