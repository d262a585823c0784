import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { formatUsd } from "#domain/money.ts";
import { lastDays } from "#domain/period.ts";
import { toLogRecord } from "#helicone/log-record.ts";
import { createLogPoster, type PostOutcome } from "#helicone/post-log.ts";
import { type Check, type Examined, expectThat, finishedCall, holds, rowOf, skipped } from "#helicone/verify-check.ts";

/** The last one that the pinned version has a price for, and one that it has none for. */
const PRICED_MODEL = "claude-sonnet-4-20250514";
const NEW_MODEL = "claude-opus-5-5";
const PRICE = 4_650_000n;
/** As recorded, rows take a third of this at most while little is going on. */
const SECOND_ROW_MS = 3_000;

/** What log mode, the cost queries and the reconciliation build on. */
export const LOG_CHECKS: readonly Check[] = [
  {
    name: "the log route takes a finished call, and its row has our id, agent, tokens and cost",
    async run(examined) {
      const id = randomUUID();
      await mustTake(await post(examined, id, PRICED_MODEL));
      const { row, delayMs } = await rowOf(examined, id);
      const { agentName, userId, inputTokens, outputTokens, cacheReadInputTokens, costNanoUsd } = row;
      expectThat(agentName === examined.agentName, `the row's agent-name is ${JSON.stringify(agentName)}`);
      expectThat(userId === examined.agentName, `the row's user is ${JSON.stringify(userId)}`);
      const counts = [inputTokens, outputTokens, cacheReadInputTokens].join(", ");
      expectThat(counts === "1000, 100, 500", `the row has ${counts} tokens instead of 1000, 100, 500`);
      expectThat(costNanoUsd === PRICE, `the row costs ${formatUsd(costNanoUsd)} instead of ${formatUsd(PRICE)}`);
      return holds(`row after ${delayMs} ms`);
    },
  },
  {
    name: "the write-only key cannot use the log route, which is why the gateway has a key of its own for it",
    async run(examined) {
      const { writeKey } = examined.keys;
      if (writeKey === null) return skipped("no write-only key was given");
      const outcome = await post(
        { ...examined, keys: { ...examined.keys, logKey: writeKey } },
        randomUUID(),
        PRICED_MODEL,
      );
      return holds(outcome.outcome === "taken" ? "it can: one key would do" : "refused");
    },
  },
  {
    name: "an id that is posted twice is not refused, so it has to be asked for before it is posted again",
    async run(examined) {
      const id = randomUUID();
      await mustTake(await post(examined, id, PRICED_MODEL));
      await rowOf(examined, id);
      await mustTake(await post(examined, id, PRICED_MODEL));
      await sleep(SECOND_ROW_MS);
      const rows = await examined.source.findRows([id]);
      return holds(rows.length > 1 ? `${rows.length} rows` : "one row is shown");
    },
  },
  {
    name: "the agent's rows are found by the lower-case name of the property",
    async run({ client, agentName }) {
      const byName = (name: string) =>
        client.queryRows(
          { request_response_rmt: { properties: { [name]: { equals: agentName } } } },
          { offset: 0, limit: 10 },
        );
      const [lower, upper] = [await byName("agent-name"), await byName("Agent-Name")];
      expectThat(lower.length > 0, "agent-name finds nothing");
      return holds(upper.length === 0 ? "Agent-Name finds nothing" : "Agent-Name finds them as well");
    },
  },
  {
    name: "cost by agent and day is the sum of the agent's rows",
    async run({ source, agentName }) {
      const span = lastDays(2, new Date());
      const [buckets, days] = [await source.costByDay(agentName, span), await source.usageByAgentAndDay(span)];
      const sum = buckets.reduce((total, bucket) => total + bucket.costNanoUsd, 0n);
      const rows = days.filter((day) => day.agentName === agentName);
      const bySum = rows.reduce((total, day) => total + day.costNanoUsd, 0n);
      expectThat(sum > 0n, "costs-over-time says 0");
      expectThat(bySum > 0n, "a query by time does not find the agent's rows");
      expectThat(sum >= bySum, `costs-over-time says ${formatUsd(sum)}, the rows ${formatUsd(bySum)}`);
      return holds(`${formatUsd(sum)}, the rows ${formatUsd(bySum)}`);
    },
  },
  {
    name: "the dearest agents can be asked for",
    async run({ client, agentName }) {
      const top = await client.topCosts("agent-name", lastDays(2, new Date()));
      const isNamed = top.some(({ value }) => value === agentName || value === "Other");
      expectThat(isNamed, "neither the agent nor “Other” is among them");
      return holds(`${top.length} values`);
    },
  },
  {
    name: "a new model has a price",
    async run(examined) {
      const id = randomUUID();
      await mustTake(await post(examined, id, NEW_MODEL));
      const { row } = await rowOf(examined, id);
      const isPriced = row.costNanoUsd > 0n;
      return isPriced
        ? holds(`${NEW_MODEL}: ${formatUsd(row.costNanoUsd)}`)
        : skipped(
            `${NEW_MODEL} costs $0 with ${row.inputTokens} tokens: known of this version, the ledger has the price`,
          );
    },
  },
];

async function post({ url, keys, agentName }: Examined, id: string, model: string): Promise<PostOutcome> {
  const poster = createLogPoster(url, 1);
  try {
    const permission = { promised: "metadata", now: "metadata" } as const;
    const record = toLogRecord(finishedCall(agentName, id, model), null, { permission, writeKey: keys.logKey });
    return await poster.post(record);
  } finally {
    await poster.close();
  }
}

async function mustTake(outcome: PostOutcome): Promise<void> {
  if (outcome.outcome === "taken") return;
  const hint = outcome.error.includes("Region is missing") ? " (the container needs S3_REGION)" : "";
  throw new Error(`${outcome.error}${hint}`);
}
