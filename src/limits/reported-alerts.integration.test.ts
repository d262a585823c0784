import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { AgentRecord } from "#agents/agents.ts";
import { createReportedAlertStore } from "#limits/reported-alert-store.ts";
import { createReportedAlerts } from "#limits/reported-alerts.ts";
import { appRouter } from "#portal/api/routers/app-router.ts";
import { createCallerFactory } from "#portal/api/trpc.ts";
import { createPrisma } from "#prisma-client.ts";
import { readMetrics } from "#telemetry/read-metrics.ts";
import { writeReports } from "#telemetry/telemetry-writer.ts";
import { createTestPortal, type TestPortal } from "#testing/portal.ts";
import { metricsExport } from "#testing/telemetry.ts";

const NOW = new Date("2026-03-15T12:00:00.000Z");
const USD = 1_000_000_000n;
let portal: TestPortal;
let agent: AgentRecord;
let number = 0;
beforeAll(async () => {
  portal = await createTestPortal(NOW);
});
afterAll(() => portal.close());
beforeEach(async () => {
  portal.time.now = NOW;
  number += 1;
  agent = await portal.addAgent(`roamer-${number}`);
});

async function limitTo(daily: bigint | null, terms: { monthly?: bigint; action?: string; zone?: string } = {}) {
  const { monthly = null, action = "block", zone = "UTC" } = terms;
  await portal.pool.query("UPDATE agent_ownership SET routing = 'direct' WHERE id = $1", [agent.id]);
  await portal.pool.query(
    `INSERT INTO agent_budgets (agent_id, daily_limit_nano_usd, monthly_limit_nano_usd, action_on_exceed, time_zone, updated_by)
     VALUES ($1, $2, $3, $4, $5, 'test')`,
    [agent.id, daily, monthly, action, zone],
  );
}
/** What Claude Code reports to have spent, in dollars. */
async function report(at: string, value: number): Promise<void> {
  const timeNano = BigInt(Date.parse(at)) * 1_000_000n;
  const point = { metric: "claude_code.cost.usage", attributes: { model: "m" }, value, timeNano };
  const { points, events } = readMetrics(metricsExport([point]), portal.time.now);
  await writeReports(portal.pool, [{ agentId: agent.id, points, events }]);
}
const look = () => portal.platform.reportedAlerts.look();
const told = async () =>
  (
    await portal.pool.query(
      "SELECT period, period_start, threshold_percent AS percent, spent_nano_usd AS spent FROM alerts WHERE agent_id = $1 ORDER BY period, period_start, percent",
      [agent.id],
    )
  ).rows.map(
    ({ period, period_start, percent, spent }) => `${period} ${period_start.toISOString()} ${percent} ${spent}`,
  );

describe("thresholds of an agent that goes past the gateway", () => {
  it("are told once in a period, marked as reported", async () => {
    await limitTo(4n * USD, { monthly: 6n * USD });
    await report("2026-03-15T10:00:00Z", 3.25);
    await look();
    await look();
    const first = ["day 2026-03-15T00:00:00.000Z 50 3250000000", "day 2026-03-15T00:00:00.000Z 80 3250000000"];
    const ofMonth = "month 2026-03-01T00:00:00.000Z 50 3250000000";
    expect(await told()).toEqual([first[0], first[1], ofMonth]);

    await report("2026-03-15T11:00:00Z", 0.75);
    await look();
    expect(await told()).toEqual([...first, "day 2026-03-15T00:00:00.000Z 100 4000000000", ofMonth]);

    const admin = await portal.addPerson("Ada", "admin");
    const { alerts } = await createCallerFactory(appRouter)(admin.context).alerts.list({ agentName: agent.name });
    expect(alerts).toHaveLength(4);
    expect(alerts.every(({ facts }) => facts.kind === "threshold" && facts.detail.isReported)).toBe(true);
  });

  it("are told again on the next day, and by a portal that has just started not again", async () => {
    await limitTo(4n * USD);
    await report("2026-03-15T10:00:00Z", 2);
    await look();
    portal.time.now = new Date("2026-03-16T08:00:00Z");
    await look();
    await report("2026-03-16T07:00:00Z", 2);
    await look();
    const { budgets } = portal.platform;
    const prisma = createPrisma(portal.pool.options.connectionString ?? "");
    await createReportedAlerts({
      store: createReportedAlertStore(prisma),
      budgets,
      clock: () => portal.time.now,
    }).look();
    await prisma.$disconnect();
    expect(await told()).toEqual([
      "day 2026-03-15T00:00:00.000Z 50 2000000000",
      "day 2026-03-16T00:00:00.000Z 50 2000000000",
    ]);
  });

  it("begin their day where the budget's clocks say", async () => {
    await limitTo(4n * USD, { zone: "Asia/Kolkata" });
    await report("2026-03-14T18:00:00Z", 3);
    await report("2026-03-14T18:45:00Z", 2.5);
    await look();
    expect(await told()).toEqual(["day 2026-03-14T18:30:00.000Z 50 2500000000"]);
  });

  it.each([
    ["whose budget does nothing", 4n * USD, "none"],
    ["without a limit", null, "block"],
  ])("are not told of one %s", async (_name, daily, action) => {
    await limitTo(daily, { action });
    await report("2026-03-15T10:00:00Z", 9);
    await look();
    expect(await told()).toEqual([]);
  });

  it("are left to the gateway where the calls pass it", async () => {
    await limitTo(4n * USD);
    await report("2026-03-15T10:00:00Z", 9);
    await portal.pool.query("UPDATE agent_ownership SET routing = 'gateway' WHERE id = $1", [agent.id]);
    await look();
    expect(await told()).toEqual([]);
  });
});
