import { type RoutedEnvironment, valueIn } from "#agents/adoption-environment.ts";
import { BASE_URL, CUSTOM_HEADERS } from "#agents/agent-environment.ts";
import { headerNames } from "#agents/custom-headers.ts";
import type { RoutingWay } from "#domain/agent.ts";

/** What will become of one variable. `value`: only of ours that are no secret; null: not for showing. */
export type VariableChange = {
  name: string;
  change: "added" | "replaced" | "removed";
  value: string | null;
  note: string | null;
};

/** What routing one container would do. */
export type RoutingPreview = {
  containerName: string;
  changes: VariableChange[];
  /** What people should know before, a sentence each. */
  notices: string[];
};

/** Ours, and without a secret in them. Everything else is told by name only. */
const SHOWN = new Set([
  BASE_URL,
  "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
  "DISABLE_AUTOUPDATER",
  "CLAUDE_CODE_GATEWAY_HINT_HEADERS",
  "CLAUDE_CODE_ENABLE_TELEMETRY",
  "OTEL_METRICS_EXPORTER",
  "OTEL_LOGS_EXPORTER",
  "OTEL_EXPORTER_OTLP_PROTOCOL",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_RESOURCE_ATTRIBUTES",
]);

/** The difference that routing makes to a container's environment, without the value of anything that is not ours. */
export function variableChanges({ environment, routed }: RoutedEnvironment): VariableChange[] {
  return routed.map(({ name, previous, headers }) => {
    const value = valueIn(environment, name);
    return {
      name,
      change: changeOf(previous, value),
      value: SHOWN.has(name) ? value : null,
      note: name === CUSTOM_HEADERS ? headersNote(value ?? "", Object.keys(headers)) : null,
    };
  });
}

function changeOf(previous: string | null, value: string | null): VariableChange["change"] {
  if (value === null) return "removed";
  return previous === null ? "added" : "replaced";
}

function headersNote(text: string, ours: readonly string[]): string {
  const kept = headerNames(text).filter((name) => !ours.some((own) => own.toLowerCase() === name.toLowerCase()));
  const added = `with the header ${ours.join(", ")}`;
  return kept.length === 0 ? added : `${added}; kept: ${kept.join(", ")}`;
}

/** What to know before a container is made again. */
export function recreateNotices(facts: {
  isRunning: boolean;
  isImageNewer: boolean;
  generation: 1 | 2 | 3;
  isRoutedElsewhere: boolean;
  way: RoutingWay;
  /** Where its calls are to go. */
  gatewayUrl: string;
}): string[] {
  const { isRunning, isImageNewer, generation, isRoutedElsewhere, way, gatewayUrl } = facts;
  return [
    isRunning ? "The agent is stopped and started again; its next chat begins a new conversation." : null,
    isImageNewer ? "Its image has been built anew since: the container is upgraded to it." : null,
    isRoutedElsewhere && way === "container"
      ? "It has a base URL of its own, which is kept and comes back when routing is removed."
      : null,
    way === "container" && generation === 3
      ? "This Trinity sets the base URL itself and takes ours out whenever it makes the container again; then it is flagged. The other ways last."
      : null,
    way === "provider"
      ? `In Trinity, under Settings, Integrations, Model provider: the address ${gatewayUrl}, your Anthropic API key, and a context window of 200000; then apply it. Until then its spend is not metered. Trinity's own calls and its test have no agent's key and are refused by the gateway; agents with a subscription do not get the provider's address.`
      : null,
  ].filter((notice) => notice !== null);
}
