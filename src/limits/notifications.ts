import { createAddForecast } from "#limits/alert-forecast.ts";
import type { AlertForecastStore } from "#limits/alert-forecast-store.ts";
import type { ChannelStore } from "#limits/channel-store.ts";
import { createChannels } from "#limits/channels.ts";
import { createDeliverMessage } from "#limits/deliver-message.ts";
import { createNotificationWorker } from "#limits/notification-worker.ts";
import type { OutboxStore } from "#limits/outbox-store.ts";
import { createPostWebhook } from "#limits/post-webhook.ts";
import { createSendMail } from "#limits/send-mail.ts";
import { createAddressRule } from "#limits/webhook-address.ts";
import type { Log } from "#log.ts";

/** How long a receiver may take: a webhook to answer, a mail server for each of its steps. */
const WEBHOOK_MS_MAX = 10_000;
const MAIL_STEP_MS_MAX = 15_000;

type Parts = {
  stores: { channels: ChannelStore; outbox: OutboxStore; forecasts: AlertForecastStore };
  settings: { smtpUrl: string | undefined; mailFrom: string; webhookNetworks: readonly string[] };
  onAlerts: (listener: () => void) => () => void;
  portalUrl: string;
  clock: () => Date;
  log: Log;
};

export type Notifications = ReturnType<typeof createNotifications>;

/** The channels on which people are warned, and the worker that sends on them. `mail` says whether mail can be sent. */
export function createNotifications({ stores, settings, onAlerts, portalUrl, clock, log }: Parts) {
  const { smtpUrl, mailFrom: from, webhookNetworks } = settings;
  const { outbox } = stores;
  const addressRule = createAddressRule(webhookNetworks);
  const sendMail = smtpUrl === undefined ? null : createSendMail({ smtpUrl, from, timeoutMs: MAIL_STEP_MS_MAX });
  const postWebhook = createPostWebhook(addressRule, WEBHOOK_MS_MAX);
  const deliver = createDeliverMessage({ sendMail, postWebhook, clock });
  const addForecast = createAddForecast(stores.forecasts);
  const worker = createNotificationWorker({ outbox, deliver, addForecast, onAlerts, portalUrl, clock, log });
  const { wake } = worker;
  const channels = createChannels({ store: stores.channels, outbox, deliver, addressRule, wake, portalUrl, clock });
  return { channels, worker, mail: { isConfigured: sendMail !== null, from } };
}
