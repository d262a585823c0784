import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { createPool } from "#db.ts";
import { createTestDatabase, startTestDatabaseServer } from "#testing/database.ts";

import { ensureChromium } from "../../scripts/ensure-chromium.mjs";
import { ensureBuilt } from "../../scripts/prepare.mjs";
import { startLedgerLoad } from "./ledger-load.ts";
import { type MeasuredPortal, startMeasuredPortal } from "./measured-portal.ts";
import { formatTable, judge, type Results, type ViewFigures } from "./report.ts";
import { seedCalls } from "./seed-calls.ts";
import { type View, viewsOf } from "./views.ts";

const HELP = `npm run bench:portal [-- --quick] [-- --help]

A ledger with a month of calls of 1,000 agents, and the built portal on it: how long the server takes for what the overview, an
agent's page and the list of calls ask for, quiet and while 2,000 calls a second are written; how soon the pages can be used in
Chromium with nothing cached; and what a call takes on the disk, indexes included.

  --quick   200,000 calls, each view asked for a few times: within 45 seconds (where the portal is built already)
  --help    this text; without --quick 10,000,000 calls are seeded first, which takes a while

The last line is one JSON object with every figure. The exit code is 0 if everything is reached, 1 if not.
`;

const FULL = { calls: 10_000_000, agents: 1_000, asked: 40, opened: 5 };
const QUICK = { calls: 200_000, agents: 1_000, asked: 8, opened: 1 };
const WRITES_PER_SECOND = 2_000;
const PAGES = { overview: "/overview?days=30", "an agent": "/agents/agent-0001", requests: "/requests" };

type Plan = typeof FULL;

async function main(): Promise<number> {
  const options = { quick: { type: "boolean", default: false }, help: { type: "boolean", default: false } } as const;
  const { values } = parseArgs({ options });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const plan = values.quick ? QUICK : FULL;
  await ensureChromium(console.log);
  await ensureBuilt();
  const startedAtMs = performance.now();
  const server = await startTestDatabaseServer();
  const dataDir = await mkdtemp(path.join(tmpdir(), "trinity-bench-portal-"));
  try {
    const { databaseUrl } = await createTestDatabase(server.serverUrl);
    const results = await measure(databaseUrl, dataDir, plan);
    const lines = judge(results);
    const pass = lines.every((line) => line.pass);
    const seconds = (performance.now() - startedAtMs) / 1_000;
    console.log(formatTable(results));
    console.log(`Measured for ${seconds.toFixed(0)} s, load average ${loadavg()[0]?.toFixed(1)}.\n`);
    for (const { what, figure, pass: isReached } of lines) {
      console.log(`${isReached ? "PASS" : "FAIL"}  ${what}\n        ${figure}`);
    }
    console.log(`\n${JSON.stringify({ pass, reach: lines, seconds, plan, ...results })}`);
    return pass ? 0 : 1;
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure(databaseUrl: string, dataDir: string, plan: Plan): Promise<Results> {
  const pool = createPool(databaseUrl, { max: 4, onError: () => undefined });
  console.log(`Seeding ${plan.calls} calls of ${plan.agents} agents…`);
  const seeded = await seedCalls(pool, plan, console.log);
  const portal = await startMeasuredPortal({ databaseUrl, dataDir, pool });
  try {
    const views = viewsOf(seeded);
    for (const view of views) await portal.ask(view); // programs are compiled and pages of the database read
    const quiet = await askAll(portal, views, plan.asked);
    const pages: Record<string, number[]> = {};
    for (const [name, address] of Object.entries(PAGES)) {
      pages[name] = [];
      for (let turn = 0; turn < plan.opened; turn += 1) pages[name].push(await portal.open(address));
    }
    const { rows } = await pool.query<{ id: number }>("SELECT id FROM agent_ownership");
    const load = startLedgerLoad(
      pool,
      rows.map(({ id }) => id),
      WRITES_PER_SECOND,
    );
    const busy = await askAll(portal, views, plan.asked);
    return { quiet, busy, pages, writtenPerSecond: await load.stop(), bytesPerCall: seeded.bytesPerCall };
  } finally {
    await portal.end();
    await pool.end();
  }
}

/** Every view in turn, so that what disturbs the machine disturbs them all. */
async function askAll(portal: MeasuredPortal, views: readonly View[], times: number): Promise<ViewFigures[]> {
  const taken = views.map(({ name }) => ({ name, ms: [] as number[] }));
  for (let turn = 0; turn < times; turn += 1) {
    for (const [at, view] of views.entries()) taken[at]?.ms.push(await portal.ask(view));
  }
  return taken.map(({ name, ms }) => {
    const sorted = ms.toSorted((a, b) => a - b);
    const atShare = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
    return { name, p50: atShare(0.5), p95: atShare(0.95) };
  });
}

process.exit(await main());
