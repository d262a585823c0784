import type pg from "pg";

import type { HeliconeReport } from "#domain/helicone-log.ts";
import type { Log } from "#log.ts";

type Instance = {
  pool: pg.Pool;
  log: Log;
  id: string;
  holdsAnthropicKey: boolean;
  backlog: () => number;
  /** Null: Helicone is off. */
  helicone: () => HeliconeReport | null;
};

const INTERVAL_MS = 5_000;

const REPORT = `
INSERT INTO gateway_instances (id, started_at, seen_at, holds_anthropic_key, journal_backlog, helicone)
VALUES ($1, now(), now(), $2, $3, $5)
ON CONFLICT (id) DO UPDATE SET started_at = CASE WHEN $4 THEN now() ELSE gateway_instances.started_at END,
  seen_at = now(), holds_anthropic_key = excluded.holds_anthropic_key, journal_backlog = excluded.journal_backlog,
  helicone = excluded.helicone`;

/** Says every five seconds that this gateway is there, so that the portal can tell "quiet" from "not reporting". */
export function reportInstance({ pool, log, id, holdsAnthropicKey, backlog, helicone }: Instance): { stop(): void } {
  let isFirst = true;
  let isFailing = false;
  const report = async () => {
    try {
      const toHelicone = helicone();
      const report = toHelicone === null ? null : JSON.stringify(toHelicone);
      await pool.query(REPORT, [id, holdsAnthropicKey, backlog(), isFirst, report]);
      isFirst = false;
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, "The gateway's state cannot be reported to the portal");
      isFailing = true;
    }
  };
  void report();
  const timer = setInterval(() => void report(), INTERVAL_MS);
  return { stop: () => clearInterval(timer) };
}
