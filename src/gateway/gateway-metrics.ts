import type { HeliconeReport } from "#domain/helicone-log.ts";
import { MODEL_FAMILIES } from "#domain/model-family.ts";
import { type CallFigures, callsOf, type FamilyFigures, REFUSAL_REASONS, TOKEN_TYPES } from "#gateway/call-figures.ts";
import type { Journal } from "#gateway/journal.ts";
import type { ConfigSnapshot } from "#gateway/live-config.ts";
import type { LiveAdmission } from "#limits/admission.ts";
import type { AdmissionPeek } from "#limits/admission-peek.ts";
import type { HistogramSample, MetricsRegistry, Sample } from "#signals/registry.ts";

/** What is asked of the gateway at each scrape. */
export type MetricSources = {
  figures: CallFigures;
  journal: Pick<Journal, "backlog" | "stuckSinceMs">;
  admission: Pick<LiveAdmission, "waiting" | "peek">;
  inFlight: () => number;
  snapshot: () => ConfigSnapshot;
  /** Null: Helicone is off. */
  helicone: () => HeliconeReport | null;
};

const NANO = 1e9;

/** Names every metric of the gateway. A label is never what somebody has sent: only agents' names, of so many agents. */
export function registerGatewayMetrics(registry: MetricsRegistry, sources: MetricSources): void {
  registerCalls(registry, sources);
  registerGenAi(registry, sources.figures);
  registerAgents(registry, sources);
  registerBacklogs(registry, sources);
  registerHelicone(registry, sources);
}

function registerCalls(registry: MetricsRegistry, { figures, inFlight, admission }: MetricSources): void {
  registry.counter(
    { name: "trinity_gateway_calls_total", help: "Message calls that are over, refused ones among them." },
    () => ofFamilies(figures, callSamples),
  );
  registry.counter({ name: "trinity_gateway_cost_usd_total", help: "What calls cost by the price list, in USD." }, () =>
    ofFamilies(figures, (family) => [{ value: family.costNano / NANO }]),
  );
  registry.counter({ name: "trinity_gateway_tokens_total", help: "Tokens of calls, by kind." }, () =>
    ofFamilies(figures, ({ tokens }) => tokenSamples(tokens)),
  );
  registry.counter(
    {
      name: "trinity_gateway_estimated_calls_total",
      help: "Calls that did not end in order and are charged by estimate.",
    },
    () => [{ value: figures.estimated() }],
  );
  registry.counter({ name: "trinity_gateway_refusals_total", help: "Requests that the gateway itself refused." }, () =>
    REFUSAL_REASONS.map((reason) => ({ labels: { reason }, value: figures.refusals[reason] })),
  );
  registry.histogram(
    { name: "trinity_gateway_overhead_seconds", help: "What the gateway itself adds to a call." },
    () => [{ reading: figures.overhead.read() }],
  );
  registry.gauge({ name: "trinity_gateway_calls_in_flight", help: "Calls whose answer is under way." }, () => [
    { value: inFlight() },
  ]);
  registry.gauge(
    { name: "trinity_gateway_calls_waiting", help: "Calls that wait for their turn near a limit, or for a rate." },
    () => [{ value: admission.waiting() }],
  );
}

function callSamples(family: FamilyFigures): Sample[] {
  return callsOf(family).map(({ outcome, isStreamed, status, count }) => ({
    labels: { outcome, status, streamed: String(isStreamed) },
    value: count,
  }));
}

function tokenSamples(tokens: Float64Array): Sample[] {
  return TOKEN_TYPES.map((type, at) => ({ labels: { type }, value: tokens[at] ?? 0 }));
}

/** Those families that were called, each labelled with its name. */
function ofFamilies(figures: CallFigures, samplesOf: (family: FamilyFigures) => readonly Sample[]): Sample[] {
  return MODEL_FAMILIES.flatMap((name) => {
    const family = figures.families[name];
    if (callsOf(family).length === 0) return [];
    return samplesOf(family).map(({ labels, value }) => ({ labels: { model_family: name, ...labels }, value }));
  });
}

/** By the names of OpenTelemetry's GenAI conventions, as Prometheus writes them. */
function registerGenAi(registry: MetricsRegistry, figures: CallFigures): void {
  const common = { gen_ai_operation_name: "chat", gen_ai_provider_name: "anthropic" };
  const ofEach = (samplesOf: (family: FamilyFigures) => readonly HistogramSample[]): HistogramSample[] =>
    MODEL_FAMILIES.flatMap((name) =>
      samplesOf(figures.families[name])
        .filter(({ reading }) => reading.count > 0)
        .map(({ labels, reading }) => ({ labels: { ...common, model_family: name, ...labels }, reading })),
    );
  registry.histogram(
    { name: "gen_ai_client_operation_duration_seconds", help: "From a call's admission to its end." },
    () => ofEach(({ duration }) => [{ reading: duration.read() }]),
  );
  registry.histogram(
    {
      name: "gen_ai_server_time_to_first_token_seconds",
      help: "From a call's admission to the first byte of its answer.",
    },
    () => ofEach(({ firstToken }) => [{ reading: firstToken.read() }]),
  );
  registry.histogram(
    { name: "gen_ai_client_token_usage", help: "Tokens of a call; input without what was cached." },
    () =>
      ofEach(({ input, output }) => [
        { labels: { gen_ai_token_type: "input" }, reading: input.read() },
        { labels: { gen_ai_token_type: "output" }, reading: output.read() },
      ]),
  );
}

function registerAgents(registry: MetricsRegistry, { figures, snapshot, admission }: MetricSources): void {
  const ofAgents = (samplesOf: (agent: { calls: number; costNano: number; tokens: Float64Array }) => Sample[]) =>
    figures.agents.all().flatMap(([id, agent]) => {
      const name = id === null ? "other" : (snapshot().agentsById.get(id)?.name ?? `removed-${id}`);
      return samplesOf(agent).map(({ labels, value }) => ({ labels: { agent: name, ...labels }, value }));
    });
  registry.counter(
    {
      name: "trinity_agent_calls_total",
      help: "Calls by agent, of the first METRICS_AGENTS_MAX agents; the rest is other.",
    },
    () => ofAgents(({ calls }) => [{ value: calls }]),
  );
  registry.counter({ name: "trinity_agent_cost_usd_total", help: "What agents cost by the price list, in USD." }, () =>
    ofAgents(({ costNano }) => [{ value: costNano / NANO }]),
  );
  registry.counter({ name: "trinity_agent_tokens_total", help: "Tokens by agent and kind." }, () =>
    ofAgents(({ tokens }) => tokenSamples(tokens)),
  );
  registry.gauge(
    { name: "trinity_agents", help: "Agents by where they stand: at the next call, by their budgets." },
    () => countStandings(snapshot(), admission),
  );
}

const STANDINGS = ["free", "near", "blocked", "paused"] as const;
type Standing = (typeof STANDINGS)[number];

function countStandings({ limits }: ConfigSnapshot, admission: MetricSources["admission"]): Sample[] {
  const counts: Record<Standing, number> = { free: 0, near: 0, blocked: 0, paused: 0 };
  for (const [agentId, { isRemoved }] of limits) if (!isRemoved) counts[standingOf(admission.peek(agentId))] += 1;
  return STANDINGS.map((standing) => ({ labels: { standing }, value: counts[standing] }));
}

function standingOf({ verdict }: AdmissionPeek): Standing {
  if (verdict.outcome === "warned") return "near";
  if (verdict.outcome === "refused" && verdict.reason !== "rate_limit") {
    return verdict.reason === "paused" ? "paused" : "blocked";
  }
  return "free";
}

function registerBacklogs(registry: MetricsRegistry, { journal }: MetricSources): void {
  registry.gauge(
    { name: "trinity_gateway_journal_backlog_calls", help: "Calls that are over and not in the ledger yet." },
    () => [{ value: journal.backlog() }],
  );
  registry.gauge(
    {
      name: "trinity_gateway_ledger_lag_seconds",
      help: "How long calls have waited for the ledger without any being written.",
    },
    () => {
      const sinceMs = journal.stuckSinceMs();
      return [{ value: sinceMs === null ? 0 : Math.max(0, (Date.now() - sinceMs) / 1000) }];
    },
  );
}

/** Where Helicone is off, nothing waits for it. What is not known is NaN. */
function registerHelicone(registry: MetricsRegistry, { helicone }: MetricSources): void {
  const ofBacklog = (figureOf: (backlog: NonNullable<HeliconeReport["backlog"]>) => number) => () => {
    const report = helicone();
    if (report === null) return [{ value: 0 }];
    return [{ value: report.backlog === null ? Number.NaN : figureOf(report.backlog) }];
  };
  registry.gauge(
    { name: "trinity_helicone_outbox_calls", help: "Calls that Helicone is still to be told of." },
    ofBacklog(({ waiting }) => waiting),
  );
  registry.gauge(
    { name: "trinity_helicone_outbox_oldest_seconds", help: "How long the oldest of them waits." },
    ofBacklog(({ oldestAt }) => (oldestAt === null ? 0 : Math.max(0, (Date.now() - Date.parse(oldestAt)) / 1000))),
  );
  registry.gauge(
    { name: "trinity_helicone_rejected_calls", help: "Calls that Helicone does not take, however often." },
    ofBacklog(({ rejected }) => rejected),
  );
  registry.gauge(
    {
      name: "trinity_helicone_breaker_state",
      help: "1 for the state that holds; off: calls do not go through Helicone.",
    },
    () => {
      const now = helicone()?.breaker?.state ?? "off";
      const states = ["off", "closed", "half_open", "open"];
      return states.map((state) => ({ labels: { state }, value: state === now ? 1 : 0 }));
    },
  );
}
