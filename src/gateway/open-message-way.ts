import type pg from "pg";

import type { Config } from "#config.ts";
import type { Upstream } from "#gateway/forward.ts";
import { createHeliconeDoubt } from "#gateway/helicone-doubt.ts";
import { createHeliconeWay } from "#gateway/helicone-way.ts";
import type { JournalDrain } from "#gateway/journal-drain.ts";
import type { LiveConfig } from "#gateway/live-config.ts";
import { directWay, type MessageWay } from "#gateway/message-way.ts";
import { readGatewayCredentials } from "#helicone/credentials.ts";
import { createKeepingProbe } from "#helicone/keeping-probe.ts";
import { createLogOutbox } from "#helicone/log-outbox.ts";
import { SYSTEM_CLOCK } from "#limits/turns.ts";
import type { Log } from "#log.ts";

type WayParts = { upstream: Upstream; live: LiveConfig; pool: pg.Pool; drain: JournalDrain; log: Log };

/** Through Helicone where that is wanted, and then only while it works. Helicone calls the real Anthropic, which the demo never does. */
export function openMessageWay(config: Config, { upstream, live, pool, drain, log }: WayParts): MessageWay {
  const { helicone } = config;
  if (helicone?.mode !== "proxy" || config.isDemo) return directWay(upstream);
  const { url, timeoutMs } = helicone;
  const keys = () => readGatewayCredentials(helicone);
  const { doubtEndedSince } = createLogOutbox(pool);
  return createHeliconeWay({
    direct: upstream,
    settings: { ...helicone, headersTimeoutMs: config.upstream.headersTimeoutMs },
    writeKey: () => keys()?.writeKey ?? null,
    askKeeping: createKeepingProbe({ url, keys, timeoutMs }),
    doubts: createHeliconeDoubt({ flush: drain.flush, doubtEndedSince, clock: SYSTEM_CLOCK, log }),
    agentById: (agentId) => live.current().agentsById.get(agentId),
    log,
  });
}
