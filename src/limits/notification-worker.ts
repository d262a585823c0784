import { setTimeout as sleep } from "node:timers/promises";
import type { AddForecast } from "#limits/alert-forecast.ts";
import { composeAlertMessage } from "#limits/alert-message.ts";
import { recipientsOf } from "#limits/alert-recipients.ts";
import type { DeliverMessage } from "#limits/deliver-message.ts";
import type { DeliveryOutcome } from "#limits/delivery.ts";
import { waitBeforeNextAttempt } from "#limits/delivery-schedule.ts";
import type { ClaimedMessage, OutboxStore, Settlement } from "#limits/outbox-store.ts";
import type { Log } from "#log.ts";

/**
 * How long a message belongs to the process that has taken it. Longer than any attempt can take: whoever takes it
 * afterwards knows that the other is gone.
 */
export const LEASE_MS = 2 * 60_000;
const POLL_MS = 5_000;
const SETTLE_AGAIN_MS = 2_000;
const SETTLE_ATTEMPTS_MAX = 30;

type Parts = {
  outbox: OutboxStore;
  deliver: DeliverMessage;
  addForecast: AddForecast;
  /** Calls back when there are new alerts; returns how to stop it. */
  onAlerts: (listener: () => void) => () => void;
  portalUrl: string;
  clock: () => Date;
  log: Log;
};

export type NotificationWorker = ReturnType<typeof createNotificationWorker>;

/**
 * Turns alerts into messages and delivers these, until it is closed: at once when told of new alerts, else every 5 seconds.
 * Each channel delivers one message at a time and for itself, so that one that hangs holds up no other. A message that
 * is killed in the middle is sent again by whoever comes after its lease, with the same id; otherwise each is sent once.
 */
export function createNotificationWorker(parts: Parts) {
  const busy = new Map<number, Promise<void>>();
  let running: Promise<void> | null = null;
  let isAskedAgain = false;
  let isClosed = false;
  let stop = (): void => undefined;

  const work = async (): Promise<void> => {
    do {
      isAskedAgain = false;
      while ((await dispatch(parts)) > 0) if (isClosed) return;
      const now = parts.clock();
      const claimed = await parts.outbox.claim(now, new Date(now.getTime() + LEASE_MS), [...busy.keys()]);
      for (const message of claimed) start(message);
    } while (isAskedAgain && !isClosed);
  };

  const start = (message: ClaimedMessage): void => {
    const delivery = deliverAndSettle(parts, message)
      .catch((error: unknown) => parts.log.error({ err: error }, "a message could not be settled"))
      .finally(() => {
        busy.delete(message.channelId);
        wake();
      });
    busy.set(message.channelId, delivery);
  };

  const wake = (): void => {
    if (isClosed) return;
    isAskedAgain = true;
    running ??= work()
      .catch((error: unknown) =>
        parts.log.warn({ err: error }, "the messages could not be looked through; trying again"),
      )
      .finally(() => {
        running = null;
      });
  };

  return {
    /** Looks at once whether there is something to send. */
    wake,

    /** Begins to work. */
    start(): void {
      const timer = setInterval(wake, POLL_MS);
      const unsubscribe = parts.onAlerts(wake);
      stop = () => {
        clearInterval(timer);
        unsubscribe();
      };
      wake();
    },

    /** Takes up nothing more, and resolves when what is on its way has arrived or failed. */
    async close(): Promise<void> {
      isClosed = true;
      stop();
      await running;
      await Promise.all(busy.values());
    },
  };
}

async function dispatch({ outbox, addForecast, portalUrl, clock, log }: Parts): Promise<number> {
  return outbox.dispatch(clock(), async (alert, channels, admins) => {
    if (channels.length === 0) return [];
    const facts = await addForecast(alert).catch((error: unknown) => {
      log.warn({ err: error, alertId: alert.id.toString() }, "an alert is told without a forecast");
      return alert.facts;
    });
    const message = composeAlertMessage(alert.id, facts, portalUrl);
    const people = { ownerEmail: alert.ownerEmail, admins };
    return channels.flatMap((channel) =>
      recipientsOf(channel, facts, people).map((recipient) => ({
        alertId: alert.id,
        channelId: channel.id,
        recipient,
        message,
      })),
    );
  });
}

async function deliverAndSettle(parts: Parts, claimed: ClaimedMessage): Promise<void> {
  const outcome = await parts.deliver(claimed);
  const settlement = settlementOf(outcome, claimed.attempts, parts.clock());
  if (settlement.error !== null) {
    const { id, channelId, attempts } = claimed;
    parts.log.warn({ messageId: id, channelId, attempts, reason: settlement.error }, "a message was not delivered");
  }
  await settleWithoutFail(parts, claimed, settlement);
}

/** What is delivered and not noted would be sent twice, so the database is given a minute to come back. */
async function settleWithoutFail(
  { outbox, log }: Parts,
  claimed: ClaimedMessage,
  settlement: Settlement,
): Promise<void> {
  for (let attempt = 1; attempt < SETTLE_ATTEMPTS_MAX; attempt += 1) {
    try {
      return await outbox.settle(claimed, settlement);
    } catch (error) {
      log.warn({ err: error, messageId: claimed.id }, "a delivery could not be noted; trying again");
      await sleep(SETTLE_AGAIN_MS);
    }
  }
  await outbox.settle(claimed, settlement);
}

/** What an attempt's outcome means for its message. */
export function settlementOf(outcome: DeliveryOutcome, attempts: number, at: Date): Settlement {
  if (outcome.outcome === "delivered") return { at, error: null, nextAttemptAt: null };
  const waitMs = outcome.isFinal ? null : waitBeforeNextAttempt(attempts);
  const nextAttemptAt = waitMs === null ? null : new Date(at.getTime() + waitMs);
  return { at, error: outcome.reason, nextAttemptAt };
}
