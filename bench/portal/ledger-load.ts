import type pg from "pg";
import { v7 as uuid } from "uuid";

import { createLedgerWriter } from "#ledger/ledger-writer.ts";
import { settledCall } from "#testing/calls.ts";

export type LedgerLoad = { /** Calls a second that were written. */ stop(): Promise<number> };

const BATCH = 100;

/** Writes calls of many agents, `perSecond` of them, as a gateway's drain does, until it is stopped. */
export function startLedgerLoad(pool: pg.Pool, agentIds: readonly number[], perSecond: number): LedgerLoad {
  const writer = createLedgerWriter(pool, { budgetsOf: () => [], spentOf: () => null });
  const beganAtMs = performance.now();
  let written = 0;
  let isStopped = false;
  const run = async () => {
    while (!isStopped) {
      const dueAtMs = beganAtMs + (written / perSecond) * 1_000;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueAtMs - performance.now())));
      const batch = Array.from({ length: BATCH }, (_, at) =>
        settledCall(written + at, {
          id: uuid(),
          agentId: agentIds[Math.floor(Math.random() * agentIds.length)] ?? 0,
          admittedAt: new Date(),
        }),
      );
      await writer.record(batch);
      written += BATCH;
    }
  };
  const running = run();
  return {
    async stop() {
      const seconds = (performance.now() - beganAtMs) / 1_000;
      isStopped = true;
      await running;
      return written / seconds;
    },
  };
}
