import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { type CallLoad, startCallLoad } from "#testing/call-load.ts";
import { ledgerProblems, unrecordedCalls } from "#testing/verify-calls.ts";
import { startScriptedAnthropic } from "../../e2e/anthropic/scripted-anthropic.ts";
import { type ChaosDatabase, startChaosDatabase } from "./chaos-database.ts";
import { addChaosAgents, type ChaosGateway, startChaosGateway } from "./chaos-gateway.ts";
import { type ChaosOptions, parseChaosOptions, USAGE } from "./chaos-options.ts";

/** What else is killed with the gateway, by the number of the kill. */
type Target = "gateway" | "gateway + connections" | "connections" | "postgres + gateway" | "postgres";

const AGENTS = 5;
const PROBLEMS_SHOWN = 20;
const COLUMNS = [6, 22, 10, 10, 10, 10];

const options = parseChaosOptions(process.argv.slice(2));
if (options === null) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(2);
}
process.exitCode = (await run(options)) ? 0 : 1;

/** Runs everything, prints a table and, as the last line, the result as JSON. Resolves with whether nothing was lost. */
async function run({ kills, seconds, concurrency }: ChaosOptions): Promise<boolean> {
  const database = await startChaosDatabase();
  const upstream = await startScriptedAnthropic({ callsMax: Number.MAX_SAFE_INTEGER });
  const gateway = await startChaosGateway(database, upstream.url);
  const keys = await addChaosAgents(database, AGENTS);
  await gateway.killAndRestart();

  const load = startCallLoad({ url: gateway.url, keys, concurrency });
  const problems: string[] = [];
  printRow("kill", "what", "back, ms", "answered", "cut", "missing");
  const startedAt = performance.now();
  for (let kill = 1; kill <= kills; kill += 1) {
    await untilNextKill({ kill, kills, seconds, startedAt });
    const target = targetOf(kill);
    const answered = [...load.answered];
    const restartMs = await killTarget(target, { database, gateway });
    const missing = restartMs === null ? [] : await unrecordedCalls(database.pool, answered);
    problems.push(...missing);
    printRow(kill, target, restartMs?.toFixed(0) ?? "-", load.answered.length, load.unanswered(), missing.length);
  }
  await load.stop();
  await gateway.end();
  await gateway.killAndRestart();
  problems.push(...(await unrecordedCalls(database.pool, load.answered)));
  const attempts = upstream.calls.map((call) => call.headers["x-claude-code-session-id"] ?? "");
  problems.push(...(await ledgerProblems(database.pool, attempts)));

  const pass = report({
    kills,
    load,
    problems,
    attempts: attempts.length,
    seconds: (performance.now() - startedAt) / 1000,
  });
  await gateway.end();
  await Promise.all([upstream.close(), database.stop()]);
  return pass;
}

/** Spreads the kills evenly, each at a random moment of its share of the time. */
async function untilNextKill(plan: { kill: number; kills: number; seconds: number; startedAt: number }): Promise<void> {
  const shareMs = (plan.seconds * 1000) / plan.kills;
  const dueAt = plan.startedAt + shareMs * (plan.kill - 1);
  await sleep(Math.max(0, dueAt - performance.now()) + randomInt(50, Math.max(100, Math.round(shareMs))));
}

function targetOf(kill: number): Target {
  if (kill % 20 === 0) return "postgres + gateway";
  if (kill % 10 === 0) return "postgres";
  if (kill % 7 === 0) return "gateway + connections";
  return kill % 5 === 0 ? "connections" : "gateway";
}

/** Resolves with the milliseconds that the gateway took to come back, or null where it was not killed. */
async function killTarget(
  target: Target,
  { database, gateway }: { database: ChaosDatabase; gateway: ChaosGateway },
): Promise<number | null> {
  if (target.includes("connections")) await database.cutConnections();
  const server = target.includes("postgres") ? database.killServer(randomInt(200, 1_500)) : Promise.resolve();
  const [restartMs] = await Promise.all([target.includes("gateway") ? gateway.killAndRestart() : null, server]);
  return restartMs;
}

type Result = { kills: number; load: CallLoad; problems: string[]; attempts: number; seconds: number };

function report({ kills, load, problems, attempts, seconds }: Result): boolean {
  const found = [...problems, ...load.unexpected.map((answer) => `An answer that should not be: ${answer}`)];
  for (const problem of found.slice(0, PROBLEMS_SHOWN)) console.log(problem);
  if (found.length > PROBLEMS_SHOWN) console.log(`… and ${found.length - PROBLEMS_SHOWN} more`);
  // Kills that hit nothing, or a load that got nothing through, would prove nothing.
  const pass = found.length === 0 && load.answered.length > kills && load.unanswered() > 0;
  console.log(
    pass
      ? `Every one of ${load.answered.length} answered calls is in the ledger exactly once, and every sum is right.`
      : `${found.length} problems.`,
  );
  const counts = { kills, attempts, answered: load.answered.length, cut: load.unanswered(), problems: found.length };
  console.log(JSON.stringify({ pass, ...counts, seconds: Math.round(seconds) }));
  return pass;
}

function printRow(...cells: (string | number)[]): void {
  console.log(cells.map((cell, at) => String(cell).padEnd(COLUMNS[at] ?? 0)).join(" "));
}
