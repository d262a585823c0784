import type { AlertMessage } from "#limits/alert-message.ts";
import type { DeliveryOutcome } from "#limits/delivery.ts";
import { toMail, toSlackBody, toWebhookBody } from "#limits/message-formats.ts";
import type { ClaimedMessage } from "#limits/outbox-store.ts";
import type { PostWebhook } from "#limits/post-webhook.ts";
import type { SendMail } from "#limits/send-mail.ts";
import { signatureHeaders } from "#limits/webhook-signature.ts";

/** Delivers one message on its channel. Failures are values; nothing is thrown. */
export type DeliverMessage = (claimed: ClaimedMessage) => Promise<DeliveryOutcome>;

type Carriers = {
  /** Null: no mail server is set. */
  sendMail: SendMail | null;
  postWebhook: PostWebhook;
  clock: () => Date;
};

const NO_MAIL: DeliveryOutcome = { outcome: "failed", reason: "SMTP_URL is not set", isFinal: false };
const UNREADABLE: DeliveryOutcome = { outcome: "failed", reason: "the stored message cannot be read", isFinal: true };

/** Hands each message to the carrier of its channel, in the form that is read there. */
export function createDeliverMessage({ sendMail, postWebhook, clock }: Carriers): DeliverMessage {
  return async ({ id, recipient, target, ...claimed }) => {
    const { message } = claimed;
    if (!isAlertMessage(message)) return UNREADABLE;
    switch (target.kind) {
      case "email":
        return sendMail === null ? NO_MAIL : sendMail({ id, to: recipient, ...toMail(message) });
      case "slack":
        return postWebhook({ url: target.url, headers: {}, body: toSlackBody(message) });
      case "webhook": {
        const body = toWebhookBody(message);
        return postWebhook({
          url: target.url,
          headers: signatureHeaders(target.secret, { id, at: clock(), body }),
          body,
        });
      }
    }
  };
}

function isAlertMessage(value: unknown): value is AlertMessage {
  return (
    typeof value === "object" &&
    value !== null &&
    "title" in value &&
    typeof value.title === "string" &&
    "figures" in value &&
    Array.isArray(value.figures) &&
    "link" in value &&
    typeof value.link === "string" &&
    "event" in value &&
    typeof value.event === "object"
  );
}
