import { withHeader } from "#agents/custom-headers.ts";
import type { ManagedSettings } from "#agents/runtime.ts";
import { type AgentRouting, VIRTUAL_KEY_PREFIX } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import { headerText, wellFormed } from "#domain/header-text.ts";

/** `virtual`: the agent's key is its only credential. `passthrough`: it keeps a credential of its own, which pays. */
export const KEY_MODES = ["virtual", "passthrough"] as const;
export type KeyMode = (typeof KEY_MODES)[number];

/** The agent as its model calls are to be known. */
export type RoutedAgent = {
  /** Also names of containers made by others: lower-case letters, digits, and hyphens, dots or underscores within. */
  name: string;
  ownerId: string | null;
  type: string | null;
  template: string | null;
  /** Whether it is made to report what it does; null or absent: as the settings say. */
  reportsTelemetry?: boolean | null;
  virtualKey: string;
};

export type RoutingChoice = { routing: AgentRouting; keyMode: KeyMode };

export type RoutingSettings = {
  /** What agents call. A `/v1` at the end is left off, since Claude Code appends its own. */
  gatewayUrl: string;
  /** Null: there is no Helicone, or it is turned off. The key can write and not read. */
  helicone: { url: string; writeKey: string } | null;
  /** Where telemetry goes; `isGateway` when that is our own, which is told who is reporting. */
  otlp: { endpoint: string; protocol: "http/protobuf" | "http/json" | "grpc"; isGateway: boolean } | null;
  /** Without another collector: which agents report to our gateway. Absent: none. */
  ownTelemetry?: OwnTelemetry;
};

/** `direct`: those whose calls the gateway does not see. */
export const OWN_TELEMETRY = ["all", "direct", "off"] as const;
export type OwnTelemetry = (typeof OWN_TELEMETRY)[number];

/** What routing needs in an agent's environment: variables, and lines of ANTHROPIC_CUSTOM_HEADERS. */
export type RoutingVariables = {
  variables: Readonly<Record<string, string>>;
  headers: Readonly<Record<string, string>>;
};

export const CUSTOM_HEADERS = "ANTHROPIC_CUSTOM_HEADERS";
export const BASE_URL = "ANTHROPIC_BASE_URL";
export const CREDENTIAL = "ANTHROPIC_AUTH_TOKEN";

/** Nothing but model calls leaves the agent, and no update changes the program under it. */
const SWITCHES = { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1", DISABLE_AUTOUPDATER: "1" };
/** Prompt and subagent ids on each call, for grouping; for our own gateway only. */
const HINTS = { CLAUDE_CODE_GATEWAY_HINT_HEADERS: "1" };

/**
 * What would lead calls, with the agent's key, elsewhere: other providers, a proxy, a socket, another collector, more
 * headers. Each was seen to work from a repository's settings; empty, it is off.
 */
const WAYS_AROUND = [
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"],
  ...["CLAUDE_CODE_HTTP_PROXY", "CLAUDE_CODE_HTTPS_PROXY", "ANTHROPIC_UNIX_SOCKET"],
  ...["BEDROCK", "VERTEX", "FOUNDRY", "MANTLE", "ANTHROPIC_AWS", "ANTHROPIC_GOOGLE_CLOUD", "GATEWAY"].map(
    (provider) => `CLAUDE_CODE_USE_${provider}`,
  ),
  ...["CLAUDE_CODE_ENABLE_TELEMETRY", CUSTOM_HEADERS],
  ...["METRICS", "LOGS", "TRACES"].flatMap((signal) => [
    `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`,
    `OTEL_EXPORTER_OTLP_${signal}_HEADERS`,
  ]),
];

/** Sooner than by default (60 s and 5 s): the portal shows what was spent. */
const INTERVALS = { OTEL_METRIC_EXPORT_INTERVAL: "10000", OTEL_LOGS_EXPORT_INTERVAL: "5000" };

const NAME = /^[a-z0-9][a-z0-9_.-]{0,127}$/;
const VIRTUAL_KEY = new RegExp(`^${VIRTUAL_KEY_PREFIX}[A-Za-z0-9_-]{16,128}$`);
const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

/**
 * What routing puts into an agent's environment. Where the base URL is not among it, it is to be absent.
 * @throws DomainError invalid_input for a name, key or address that could change another variable or header
 */
export function routingVariables(
  agent: RoutedAgent,
  choice: RoutingChoice,
  settings: RoutingSettings,
): RoutingVariables {
  requireSafe(agent);
  const telemetry = telemetryVariables(agent, otlpOf(agent, choice, settings));
  switch (choice.routing) {
    case "gateway":
      return toGateway(agent, choice.keyMode, { gatewayUrl: settings.gatewayUrl, telemetry });
    case "helicone":
      return toHelicone(agent, settings.helicone, telemetry);
    case "direct":
      return { variables: { ...SWITCHES, ...telemetry }, headers: {} };
  }
}

/** The variables of an agent of ours, which has no other lines in ANTHROPIC_CUSTOM_HEADERS. */
export function agentEnvironment(routing: RoutingVariables): Record<string, string> {
  const text = Object.entries(routing.headers).reduce((lines, [name, value]) => withHeader(lines, name, value), "");
  return { ...routing.variables, ...(text === "" ? {} : { [CUSTOM_HEADERS]: text }) };
}

/**
 * The managed settings for an agent with this environment. A repository can carry settings that change Claude Code's
 * environment; what is set here comes before them, so neither the routing nor what leads around it can be changed.
 */
export function managedSettings(environment: Readonly<Record<string, string>>): ManagedSettings {
  return { env: { ...Object.fromEntries(WAYS_AROUND.map((name) => [name, ""])), ...environment } };
}

/**
 * The address as Claude Code needs it: no `/v1` and no slash at the end.
 * @throws DomainError invalid_input when Claude Code would make something else of it
 */
export function claudeBaseUrl(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : null;
  const isUsable =
    url !== null && /^https?:$/.test(url.protocol) && `${url.username}${url.password}${url.search}${url.hash}` === "";
  if (!isUsable || VISIBLE_ASCII.exec(address) === null) {
    throw new DomainError(
      "invalid_input",
      "The address agents call must be like http://gateway:8585, without a query.",
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "").replace(/\/v1$/, "").replace(/\/+$/, "");
}

function toGateway(
  agent: RoutedAgent,
  keyMode: KeyMode,
  { gatewayUrl, telemetry }: { gatewayUrl: string; telemetry: Record<string, string> },
): RoutingVariables {
  const variables = { [BASE_URL]: claudeBaseUrl(gatewayUrl), ...SWITCHES, ...HINTS, ...telemetry };
  return keyMode === "virtual"
    ? { variables: { ...variables, [CREDENTIAL]: agent.virtualKey }, headers: {} }
    : { variables, headers: { "X-Trinity-Agent": agent.virtualKey } };
}

/** Our key is of no use to Helicone and stays away from it. Turned off, the agent calls Anthropic. */
function toHelicone(
  agent: RoutedAgent,
  helicone: RoutingSettings["helicone"],
  telemetry: Record<string, string>,
): RoutingVariables {
  const variables = { ...SWITCHES, ...telemetry };
  if (helicone === null) return { variables, headers: {} };
  if (!VISIBLE_ASCII.test(helicone.writeKey)) {
    throw new DomainError("invalid_input", "Helicone's key has characters that no header can carry.");
  }
  return {
    variables: { ...variables, [BASE_URL]: `${claudeBaseUrl(helicone.url)}/v1/gateway/anthropic` },
    headers: {
      "Helicone-Auth": `Bearer ${helicone.writeKey}`,
      "Helicone-User-Id": agent.name,
      "Helicone-Property-Agent-Name": agent.name,
      "Helicone-Property-Owner-Id": headerText(agent.ownerId ?? "none"),
      "Helicone-Property-Agent-Type": headerText(agent.type ?? "unknown"),
      "Helicone-Property-Template": headerText(agent.template ?? "none"),
    },
  };
}

/** A collector that somebody has named comes before our own, and what is said of the agent itself before both. */
function otlpOf(
  { reportsTelemetry = null }: RoutedAgent,
  { routing }: RoutingChoice,
  settings: RoutingSettings,
): RoutingSettings["otlp"] {
  const { otlp, ownTelemetry = "off", gatewayUrl } = settings;
  if (reportsTelemetry === false) return null;
  const reports = reportsTelemetry ?? (ownTelemetry === "all" || (ownTelemetry === "direct" && routing === "direct"));
  if (otlp !== null || !reports) return otlp;
  return { endpoint: `${claudeBaseUrl(gatewayUrl)}/otlp`, protocol: "http/protobuf", isGateway: true };
}

/** The protocol is always said: versions of Claude Code differ in what they do without. */
function telemetryVariables(agent: RoutedAgent, otlp: RoutingSettings["otlp"]): Record<string, string> {
  if (otlp === null) return {};
  const attributes = { "agent.name": agent.name, "agent.owner": agent.ownerId, "agent.type": agent.type };
  return {
    CLAUDE_CODE_ENABLE_TELEMETRY: "1",
    OTEL_METRICS_EXPORTER: "otlp",
    OTEL_LOGS_EXPORTER: "otlp",
    OTEL_EXPORTER_OTLP_PROTOCOL: otlp.protocol,
    OTEL_EXPORTER_OTLP_ENDPOINT: otlp.endpoint,
    OTEL_RESOURCE_ATTRIBUTES: Object.entries(attributes)
      .flatMap(([name, value]) =>
        value === null || value === "" ? [] : [`${name}=${encodeURIComponent(wellFormed(value))}`],
      )
      .join(","),
    ...(otlp.isGateway ? { OTEL_EXPORTER_OTLP_HEADERS: `X-Trinity-Agent=${agent.virtualKey}`, ...INTERVALS } : {}),
  };
}

function requireSafe(agent: RoutedAgent): void {
  if (!NAME.test(agent.name)) throw new DomainError("invalid_input", "This name cannot be routed: rename the agent.");
  if (!VIRTUAL_KEY.test(agent.virtualKey)) {
    throw new DomainError("invalid_input", "The agent's key is not one of ours. Make a new one.");
  }
}
