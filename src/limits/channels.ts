import type { Actor } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import { composeTestMessage } from "#limits/alert-message.ts";
import { recipientsOf } from "#limits/alert-recipients.ts";
import {
  type Channel,
  type ChannelKind,
  type ChannelStore,
  type ChannelTarget,
  hostOf,
} from "#limits/channel-store.ts";
import type { DeliverMessage } from "#limits/deliver-message.ts";
import { LEASE_MS } from "#limits/notification-worker.ts";
import type { OutboxStore } from "#limits/outbox-store.ts";
import type { AddressRule } from "#limits/webhook-address.ts";
import { createWebhookSecret } from "#limits/webhook-signature.ts";
import { webhookUrlProblem } from "#limits/webhook-url.ts";

/** A channel as admins see it. Of a webhook's address only the host is left, of its secret nothing. */
export type ChannelView = {
  id: number;
  kind: ChannelKind;
  name: string;
  isEnabled: boolean;
  addresses: readonly string[];
  host: string | null;
  version: number;
  updatedAt: Date;
  updatedBy: string;
};

/** What somebody typed. `url` null: as it is. */
export type ChannelInput = { name: string; isEnabled: boolean; addresses: readonly string[]; url: string | null };

/** What came of a test, for each recipient. */
export type TestOutcome = { recipient: string; isDelivered: boolean; reason: string | null };

export type DeliveryLogEntry = {
  id: string;
  channelId: number;
  channelName: string;
  kind: string;
  recipient: string;
  title: string;
  isTest: boolean;
  state: "pending" | "delivered" | "failed";
  attempts: number;
  nextAttemptAt: Date;
  lastError: string | null;
  createdAt: Date;
  deliveredAt: Date | null;
};

type Dependencies = {
  store: ChannelStore;
  outbox: OutboxStore;
  deliver: DeliverMessage;
  addressRule: AddressRule;
  /** Called when a message is due. */
  wake: () => void;
  portalUrl: string;
  clock: () => Date;
};

const NAME_LENGTH_MAX = 80;
const ADDRESSES_MAX = 50;
const CHANNELS_MAX = 50;
const STALE = "Somebody has changed or removed this channel in the meantime. Look at it again.";

export type Channels = ReturnType<typeof createChannels>;

/** The channels on which people are warned. Everything here is for admins; the caller has made sure that the actor is one. */
export function createChannels(parts: Dependencies) {
  const { store, outbox, addressRule, clock } = parts;
  return {
    async list(): Promise<ChannelView[]> {
      return (await store.list()).map(toView);
    },

    /**
     * Makes a channel. The secret of a signed webhook is returned this once.
     * @throws DomainError invalid_input for a name, an address or a URL that cannot be used; conflict at 50 channels
     */
    async create(actor: Actor, kind: ChannelKind, input: ChannelInput) {
      if ((await store.list()).length >= CHANNELS_MAX) {
        throw new DomainError("conflict", `There are ${CHANNELS_MAX} channels. Remove one first.`);
      }
      const secret = kind === "webhook" ? createWebhookSecret() : null;
      const target = toTarget(kind, { ...input, secret }, addressRule);
      const channel = await store.insert(actor, { name: checkedName(input.name), target, isEnabled: input.isEnabled });
      return { channel: toView(channel), secret };
    },

    /**
     * Changes a channel; its kind and its secret stay.
     * @throws DomainError invalid_input; not_found; conflict when somebody has changed it since `version`
     */
    async update(actor: Actor, { id, version }: { id: number; version: number }, input: ChannelInput) {
      const before = await found(store, id);
      const { target: old } = before;
      const secret = old.kind === "webhook" ? old.secret : null;
      const url = input.url ?? (old.kind === "email" ? null : old.url);
      const target = toTarget(old.kind, { ...input, url, secret }, addressRule);
      const content = { name: checkedName(input.name), target, isEnabled: input.isEnabled };
      const after = await store.update(actor, { id, version }, content);
      if (after === null) throw new DomainError("conflict", STALE);
      return toView(after);
    },

    /** @throws DomainError not_found */
    async remove(actor: Actor, id: number): Promise<void> {
      if (!(await store.remove(actor, id))) throw noSuchChannel();
    },

    /**
     * Sends a test to the actor and the channel's fixed addresses, or to the webhook, once, and waits for the outcome:
     * some 10 seconds for a webhook, 30 for a mail server, when nobody answers.
     * @throws DomainError not_found
     */
    async test(actor: Actor, id: number): Promise<TestOutcome[]> {
      const channel = await found(store, id);
      const email = await outbox.emailOf(actor.userId);
      const people = { ownerEmail: null, admins: email === null ? [] : [email] };
      const recipients = recipientsOf(channel, { kind: "request", scope: "agent" }, people);
      return Promise.all(recipients.map((recipient) => testOne(parts, channel, recipient)));
    },

    /** The delivery log, the newest first. */
    async log({ channelId, cursor, limit }: { channelId: number | null; cursor: string | null; limit: number }) {
      const rows = await outbox.log({ channelId, cursor, limit: limit + 1 });
      const entries = rows.slice(0, limit).map(toEntry);
      return { entries, nextCursor: rows.length > limit ? (entries.at(-1)?.id ?? null) : null };
    },

    /**
     * Sends a message that was given up once more, from the first attempt on.
     * @throws DomainError conflict when it has not failed, or its channel is off or gone
     */
    async retry(actor: Actor, id: string): Promise<void> {
      if (!(await outbox.retry(actor, id, clock()))) {
        throw new DomainError("conflict", "Only a failed message of a channel that is on can be sent again.");
      }
      parts.wake();
    },
  };
}

async function testOne(parts: Dependencies, channel: Channel, recipient: string): Promise<TestOutcome> {
  const { outbox, deliver, portalUrl, clock } = parts;
  const at = clock();
  const message = composeTestMessage(channel.name, at, portalUrl);
  const sent = {
    alertId: null,
    channelId: channel.id,
    recipient,
    message: { ...message, event: { ...message.event } },
  };
  const claimed = await outbox.insertClaimed(sent, at, new Date(at.getTime() + LEASE_MS));
  const result = await deliver(claimed);
  const reason = result.outcome === "failed" ? result.reason : null;
  await outbox.settle(claimed, { at: clock(), error: reason, nextAttemptAt: null });
  return { recipient, isDelivered: reason === null, reason };
}

async function found(store: ChannelStore, id: number): Promise<Channel> {
  const channel = await store.byId(id);
  if (channel === null) throw noSuchChannel();
  return channel;
}

function noSuchChannel(): DomainError {
  return new DomainError("not_found", "There is no such channel.");
}

function checkedName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === "") throw new DomainError("invalid_input", "Give the channel a name.");
  if (trimmed.length > NAME_LENGTH_MAX) {
    throw new DomainError("invalid_input", `A name has at most ${NAME_LENGTH_MAX} characters.`);
  }
  return trimmed;
}

type Typed = Pick<ChannelInput, "addresses" | "url"> & { secret: string | null };

function toTarget(kind: ChannelKind, { secret, ...input }: Typed, rule: AddressRule): ChannelTarget {
  if (kind === "email") return { kind, addresses: checkedAddresses(input.addresses) };
  const url = input.url?.trim() ?? "";
  const problem = webhookUrlProblem(url, rule);
  if (problem !== null) throw new DomainError("invalid_input", problem);
  return kind === "slack" ? { kind, url } : { kind, url, secret: secret ?? createWebhookSecret() };
}

function checkedAddresses(addresses: readonly string[]): string[] {
  if (addresses.length > ADDRESSES_MAX) {
    throw new DomainError("invalid_input", `Name at most ${ADDRESSES_MAX} addresses.`);
  }
  return [...new Set(addresses.map((address) => address.trim().toLowerCase()))];
}

function toView({ target, ...channel }: Channel): ChannelView {
  const isMail = target.kind === "email";
  return {
    ...channel,
    kind: target.kind,
    addresses: isMail ? target.addresses : [],
    host: isMail ? null : hostOf(target.url),
  };
}

type LogRow = Awaited<ReturnType<OutboxStore["log"]>>[number];

function toEntry({ channel, message, alertId, ...row }: LogRow): DeliveryLogEntry {
  const { id, channelId, recipient, attempts, nextAttemptAt, lastError, createdAt, deliveredAt } = row;
  const states = ["pending", "delivered", "failed"] as const;
  const title = typeof message === "object" && message !== null && "title" in message ? String(message.title) : "";
  return {
    ...{ id, channelId, recipient, attempts, nextAttemptAt, lastError, createdAt, deliveredAt, title },
    channelName: channel.name,
    kind: channel.kind,
    isTest: alertId === null,
    state: states.find((state) => state === row.state) ?? "pending",
  };
}
