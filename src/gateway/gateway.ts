import type { PriceList } from "#domain/price-list.ts";
import type { CallFigures } from "#gateway/call-figures.ts";
import type { Upstream } from "#gateway/forward.ts";
import type { HeliconeLog } from "#gateway/helicone-log.ts";
import type { KnownAgent } from "#gateway/identify-agent.ts";
import type { Journal } from "#gateway/journal.ts";
import type { MessageWay } from "#gateway/message-way.ts";
import type { Places } from "#gateway/places.ts";
import type { SettledCall } from "#ledger/call-record.ts";
import type { LiveAdmission, LiveCall } from "#limits/admission.ts";
import type { PaidCall } from "#limits/agent-watch.ts";
import type { Log } from "#log.ts";
import type { TelemetryIngest } from "#telemetry/ingest.ts";

/** What a call meets on its way through: everything in memory, or a file append away. */
export type Gateway = {
  log: Log;
  journal: Journal;
  admission: LiveAdmission;
  upstream: Upstream;
  /** How message calls get there. Everything else goes straight. */
  messageWay: MessageWay;
  /** Tells Helicone afterwards of what it has not seen; null: Helicone is off. */
  heliconeLog: HeliconeLog | null;
  /** Keeps what agents report of themselves, beside the calls. */
  telemetry: TelemetryIngest;
  /** The gateway's own key for Anthropic; undefined: agents bring theirs. */
  anthropicApiKey: string | undefined;
  /** How long either end of a call may be silent while the other waits for it. */
  idleTimeoutMs: number;
  /** Where people reach the portal; part of the refusal text. */
  portalUrl: string;
  findAgent(keyHash: string): KnownAgent | undefined;
  prices(): PriceList;
  /**
   * Counts the call against its budgets at once, and writes it to the journal before `then` is called. `live` is what it
   * held of them; null: it was refused.
   */
  settle(call: SettledCall, live: LiveCall | null, then?: () => void): void;
  /** What calls have come to, for whoever watches the gateway. */
  figures: CallFigures;
  /** Takes note of a request that has cost something: an agent that repeats itself is told of. */
  noteRequest(call: PaidCall): void;
  /** Calls whose answer is under way; each can be ended from outside, saying why. */
  inFlight: Places<(errorType: string) => void>;
  /** Set once: what runs may end, and nothing new is passed on. */
  isStopping: boolean;
};
