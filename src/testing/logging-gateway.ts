import { readdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { z } from "zod";

import type { LogContent } from "#domain/helicone-log.ts";
import { startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";
import type { Faults } from "../../e2e/helicone/faults.ts";
import { type HeliconeStandIn, startHeliconeStandIn } from "../../e2e/helicone/helicone-stand-in.ts";

const record = z.object({
  providerRequest: z.object({ json: z.looseObject({}), meta: z.record(z.string(), z.string()) }),
  providerResponse: z.object({ json: z.looseObject({}), status: z.int() }),
});

/** What Helicone was told of a call. */
export type ToldCall = { request: Record<string, unknown>; answer: Record<string, unknown>; status: number };

/** A gateway in log mode, and the Helicone that it tells of its calls. */
export type LoggingGateway = {
  gateway: TestGateway;
  helicone: HeliconeStandIn;
  /** As an admin's switch does; the gateway knows it when this resolves. Null: as the fleet. */
  setContent(whose: TestAgent | "fleet", content: LogContent | null): Promise<void>;
  /** The ids of the calls in Helicone, sorted; those that are there twice are twice in it. */
  idsThere(): string[];
  /** What Helicone was told of a call the last time. */
  told(id: string): ToldCall | null;
  /** Resolves when nothing waits any more; after `ms`, with how many calls still do. */
  delivered(ms?: number): Promise<number>;
  /** The files in the spool. */
  spooled(): Promise<string[]>;
  stop(): Promise<void>;
};

/** `env`: settings of the gateway on top. */
export async function startLoggingGateway(
  options: { env?: Record<string, string>; faults?: Partial<Faults> } = {},
): Promise<LoggingGateway> {
  const { env, faults } = options;
  const helicone = await startHeliconeStandIn({ upstreamUrl: "http://127.0.0.1:9", faults });
  const settings = {
    HELICONE_ENABLED: "true",
    HELICONE_URL: helicone.jawnUrl,
    HELICONE_WRITE_KEY: helicone.createKey("rw"),
  };
  const gateway = await startTestGateway({ env: { ...settings, ...env }, upstream: { callsMax: 1_000_000 } });
  let markers = 0;

  const waiting = async () => {
    const { rows } = await gateway.pool.query<{ count: number }>("SELECT count(*)::int AS count FROM helicone_outbox");
    return rows[0]?.count ?? 0;
  };
  return {
    gateway,
    helicone,
    async setContent(whose, content) {
      if (whose === "fleet") {
        await gateway.pool.query(
          `INSERT INTO settings (key, value) VALUES ('helicone_log_content', $1)
           ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
          [JSON.stringify(content)],
        );
      } else {
        const text = "UPDATE agent_ownership SET helicone_log_content = $2 WHERE id = $1";
        await gateway.pool.query(text, [whose.id, content]);
      }
      markers += 1;
      await gateway.addAgent(`marker-${markers}`); // known with one picture
    },
    idsThere: () => helicone.rows.map((row) => row.requestId).toSorted(),
    told: (id) => toldOf(helicone, id),
    async delivered(ms = 60_000) {
      const deadlineAt = Date.now() + ms;
      while ((await waiting()) > 0 && Date.now() < deadlineAt) await sleep(50);
      return waiting();
    },
    spooled: () => readdir(path.join(gateway.dataDir, "helicone-spool")),
    async stop() {
      await gateway.stop();
      await helicone.close();
    },
  };
}

function toldOf(helicone: HeliconeStandIn, id: string): ToldCall | null {
  const posts = helicone.received.filter(({ path: at }) => at === "/v1/trace/custom/v1/log");
  const post = posts.findLast(({ body }) => body.includes(`"Helicone-Request-Id":"${id}"`));
  if (post === undefined) return null;
  const { providerRequest, providerResponse } = record.parse(JSON.parse(post.body));
  return { request: providerRequest.json, answer: providerResponse.json, status: providerResponse.status };
}
