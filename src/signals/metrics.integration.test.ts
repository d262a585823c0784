import { readFileSync } from "node:fs";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { appRouter } from "#portal/api/routers/app-router.ts";
import { createCallerFactory } from "#portal/api/trpc.ts";
import { readAgentCosts } from "#portal/rest/costs-route.ts";
import { scrapeMetrics } from "#portal/rest/metrics-route.ts";
import { ask } from "#testing/ask.ts";
import { INTERNAL_TOKEN, startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";
import { createTestPortal, PORTAL_URL, type TestPerson, type TestPortal } from "#testing/portal.ts";

const TOKEN = "a-scrape-token-that-only-tests-use";
const SECRET_NAME = "claude-opus-5-hunter2-someone@example.com";

let gateway: TestGateway;
let portal: TestPortal;
let agents: TestAgent[];
let ada: TestPerson;
beforeAll(async () => {
  gateway = await startTestGateway({ env: { METRICS_TOKEN: TOKEN, METRICS_AGENTS_MAX: "2" } });
  portal = await createTestPortal(new Date(), { gateway, settings: { METRICS_TOKEN: TOKEN } });
  ada = await portal.addPerson("Ada", "admin");
  agents = [];
  for (const name of ["a1", "a2", "a3", "a4"]) agents.push(await gateway.addAgent(name));
}, 60_000);
afterAll(async () => {
  await portal.close();
  await gateway.stop();
});

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const scrapeGateway = async () => (await fetch(`${gateway.internalUrl}/metrics`, bearer(TOKEN))).text();
const scrapePortal = async () => (await scrapeMetrics(new Request(`${PORTAL_URL}/api/metrics`, bearer(TOKEN)))).text();
const agentAt = (at: number): TestAgent => agents[at] ?? { id: 0, name: "", key: "" };

/** The value of one series, whose labels contain all of these; null: there is none. */
function seriesOf(text: string, name: string, labels: Record<string, string> = {}): number | null {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const lines = text.split("\n").filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  const found = lines.filter((line) => wanted.every((part) => line.includes(part)));
  return found.length === 0 ? null : found.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}

describe("who gets the gateway's metrics", () => {
  it.each([
    ["without a token", {}],
    ["with another token", bearer(`${TOKEN}x`)],
    ["with the portal's token", bearer(INTERNAL_TOKEN)],
  ])("nobody %s", async (_how, init) => {
    const answer = await fetch(`${gateway.internalUrl}/metrics`, init);
    expect([answer.status, (await answer.text()).includes("trinity_")]).toEqual([401, false]);
  });

  it("nobody on the agents' own port", async () => {
    const answer = await fetch(`${gateway.url}/metrics`, bearer(TOKEN));
    expect(answer.status).toBe(404);
  });

  it("and the scrape token opens nothing else", async () => {
    const answer = await fetch(`${gateway.internalUrl}/internal/admission?agentId=1`, bearer(TOKEN));
    expect(answer.status).toBe(401);
  });
});

describe("the gateway's metrics", () => {
  it("count calls, cost and tokens as the ledger has them", async () => {
    await ask(gateway.url, { key: agentAt(0).key });
    await ask(gateway.url, { key: agentAt(0).key, body: { stream: true } });
    await ask(gateway.url, { key: agentAt(1).key, body: { model: SECRET_NAME } });
    await ask(gateway.url, { key: agentAt(2).key });
    await ask(gateway.url, { key: agentAt(3).key });
    for (const [at, rows] of [2, 1, 1, 1].entries()) await gateway.ledger(agentAt(at), rows);
    const { rows } = await gateway.pool.query<{ cost: string; input: string; calls: string }>(
      "SELECT sum(cost_nano_usd) AS cost, sum(input_tokens) AS input, count(*) AS calls FROM llm_requests",
    );
    const text = await scrapeGateway();
    expect(seriesOf(text, "trinity_gateway_calls_total")).toBe(Number(rows[0]?.calls));
    expect(
      seriesOf(text, "trinity_gateway_calls_total", { streamed: "true", outcome: "completed", status: "2xx" }),
    ).toBe(1);
    expect(seriesOf(text, "trinity_gateway_tokens_total", { type: "input" })).toBe(Number(rows[0]?.input));
    expect(seriesOf(text, "trinity_gateway_cost_usd_total")).toBeCloseTo(Number(rows[0]?.cost) / 1e9, 9);
    expect(seriesOf(text, "trinity_gateway_overhead_seconds_count")).toBe(5);
    expect(seriesOf(text, "gen_ai_client_operation_duration_seconds_count")).toBe(5);
    expect(seriesOf(text, "trinity_gateway_journal_backlog_calls")).toBe(0);
    expect(seriesOf(text, "trinity_gateway_ledger_lag_seconds")).toBe(0);
  });

  it("tell so many agents apart, and repeat nothing that an agent has sent", async () => {
    const text = await scrapeGateway();
    expect(seriesOf(text, "trinity_agent_calls_total", { agent: "a1" })).toBe(2);
    expect(seriesOf(text, "trinity_agent_calls_total", { agent: "other" })).toBe(2);
    expect(text).not.toContain('agent="a3"');
    for (const secret of ["hunter2", "example.com", "trk-", agentAt(0).key, TOKEN]) expect(text).not.toContain(secret);
  });

  it("say why requests were refused, and how many agents a budget stops", async () => {
    await ask(gateway.url, { key: "no-such-key" });
    await gateway.setBudget(agentAt(0), { day: 1n, action: "block" });
    await vi.waitFor(
      async () => expect(seriesOf(await scrapeGateway(), "trinity_agents", { standing: "blocked" })).toBe(1),
      5_000,
    );
    expect((await ask(gateway.url, { key: agentAt(0).key })).status).toBe(402);
    const text = await scrapeGateway();
    expect(seriesOf(text, "trinity_gateway_refusals_total", { reason: "budget" })).toBe(1);
    expect(seriesOf(text, "trinity_gateway_refusals_total", { reason: "unidentified" })).toBeGreaterThanOrEqual(1);
    expect(seriesOf(text, "trinity_gateway_calls_total", { outcome: "refused" })).toBe(1);
  });
});

describe("the portal's metrics", () => {
  it.each([
    ["without a token", {}],
    ["with another", bearer("x")],
    ["with an admin's session only", null],
  ])("nobody gets %s", async (_how, init) => {
    const asked = init ?? { headers: { cookie: ada.cookie } };
    const answer = await scrapeMetrics(new Request(`${PORTAL_URL}/api/metrics`, asked));
    expect([answer.status, (await answer.text()).includes("trinity_")]).toEqual([401, false]);
  });

  it("count procedures and REST calls by name and result", async () => {
    const caller = createCallerFactory(appRouter)(ada.context);
    await caller.agents.list();
    await expect(caller.agents.get({ agentName: "nobody" })).rejects.toThrow();
    const request = new Request(`${PORTAL_URL}/api/agents/a1/costs`, { headers: { cookie: ada.cookie } });
    const answer = await readAgentCosts(request, { params: Promise.resolve({ name: "a1" }) });
    expect(answer.headers.get("x-request-id")).toMatch(/^req_[0-9a-f]{32}$/);
    const text = await scrapePortal();
    expect(seriesOf(text, "trinity_portal_requests_total", { endpoint: "agents.list", result: "ok" })).toBe(1);
    expect(seriesOf(text, "trinity_portal_requests_total", { endpoint: "agents.get", result: "refused" })).toBe(1);
    expect(
      seriesOf(text, "trinity_portal_requests_total", { endpoint: "GET /api/agents/[name]/costs", result: "ok" }),
    ).toBe(1);
    expect(seriesOf(text, "trinity_portal_database_up")).toBe(1);
    expect(text).not.toMatch(/nobody|ada@example/);
  });
});

describe("what is given along for Prometheus and Grafana", () => {
  const read = (name: string) =>
    readFileSync(path.resolve(import.meta.dirname, "../../docker/observability", name), "utf8");
  type Rules = { groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[] };
  const rules = () => (parse(read("prometheus-rules.yml")) as Rules).groups.flatMap((group) => group.rules);
  const expressionsOf = (node: unknown): string[] => {
    if (typeof node !== "object" || node === null) return [];
    const own = "expr" in node && typeof node.expr === "string" ? [node.expr] : [];
    return [...own, ...Object.values(node).flatMap(expressionsOf)];
  };
  /** Ours, and those of the process. `up` is Prometheus' own. */
  const namesIn = (expressions: readonly string[]) =>
    new Set(
      expressions.flatMap(
        (text) =>
          text.match(/\b(?:trinity|gen_ai|process|nodejs)_[a-z0-9_]+\b(?!\s*[,)=])|\b(?:trinity)_[a-z0-9_]+\b/g) ?? [],
      ),
    );

  it("names only metrics that are really there, in the dashboard and in the rules", async () => {
    const scraped = `${await scrapeGateway()}\n${await scrapePortal()}`;
    const series = new Set(scraped.split("\n").map((line) => /^[a-z_0-9]+/.exec(line)?.[0] ?? ""));
    const dashboard = namesIn(expressionsOf(JSON.parse(read("grafana-dashboard.json"))));
    const alerts = namesIn(rules().map(({ expr }) => expr));
    expect([dashboard.size > 25, alerts.size > 10]).toEqual([true, true]);
    expect([...dashboard, ...alerts].filter((name) => !series.has(name))).toEqual([]);
  });

  it("shows every metric of ours on the dashboard", async () => {
    const scraped = `${await scrapeGateway()}\n${await scrapePortal()}`;
    const ours = [...scraped.matchAll(/^# TYPE ((?:trinity|gen_ai)_\w+)/gm)].map(([, name]) => name ?? "");
    const dashboard = expressionsOf(JSON.parse(read("grafana-dashboard.json"))).join("\n");
    expect(ours.filter((name) => !dashboard.includes(name))).toEqual([]);
  });

  it("the rules are whole, each has its own name, and the sample scrapes both", () => {
    const names = rules().map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
    expect(rules().every(({ annotations }) => annotations.summary.length > 10)).toBe(true);
    const sample = parse(read("prometheus.yml")) as { scrape_configs: { job_name: string }[] };
    expect(sample.scrape_configs.map(({ job_name }) => job_name)).toEqual(["trinity-gateway", "trinity-portal"]);
  });
});
