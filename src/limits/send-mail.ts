import { setTimeout as sleep } from "node:timers/promises";

import nodemailer from "nodemailer";

import type { DeliveryOutcome } from "#limits/delivery.ts";
import type { MailText } from "#limits/message-formats.ts";

export type OutgoingMail = MailText & { /** Is the same for each attempt. */ id: string; to: string };

/** Sends a mail. Failures are values; nothing is thrown. */
export type SendMail = (mail: OutgoingMail) => Promise<DeliveryOutcome>;

export type MailSettings = { smtpUrl: string; from: string; timeoutMs: number };

const FAILURE_CODES: Readonly<Record<string, string>> = {
  ECONNECTION: "the mail server cannot be reached",
  ESOCKET: "the mail server cannot be reached",
  EDNS: "the mail server's name is not known to the DNS",
  ETIMEDOUT: "the mail server does not answer in time",
  EAUTH: "the mail server does not accept the name and password of SMTP_URL",
  ETLS: "the mail server offers no encryption that can be trusted",
};
const PERMANENT_FROM = 500;

/** Sends through the SMTP server of the settings, one connection per mail, each step within `timeoutMs`, all within twice that. */
export function createSendMail({ smtpUrl, from, timeoutMs }: MailSettings): SendMail {
  const transport = nodemailer.createTransport({
    url: smtpUrl,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = /@([^>\s]+)/.exec(from)?.[1] ?? "localhost";
  return async ({ id, to, subject, text, html }) => {
    const leaving = new AbortController();
    const late = sleep(2 * timeoutMs, "late" as const, { signal: leaving.signal, ref: false });
    try {
      const sent = transport.sendMail({
        ...{ from, to: { name: "", address: to }, subject, text, html },
        messageId: `<${id}@${domain}>`,
        headers: { "Auto-Submitted": "auto-generated", "X-Trinity-Delivery": id },
      });
      const result = await Promise.race([sent, late]);
      if (result === "late") return { outcome: "failed", reason: FAILURE_CODES.ETIMEDOUT ?? "", isFinal: false };
      return { outcome: "delivered" };
    } catch (error) {
      return { outcome: "failed", ...failureOf(error) };
    } finally {
      leaving.abort();
      late.catch(() => undefined); // it was only waited for in the race
    }
  };
}

/** The server's own text is not repeated: it may hold names and addresses of any kind. Its number says enough. */
function failureOf(error: unknown): { reason: string; isFinal: boolean } {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const answer = error instanceof Error && "responseCode" in error ? Number(error.responseCode) : null;
  const isAboutRecipient = error instanceof Error && "command" in error && error.command === "RCPT TO";
  const isRefusedRecipient = isAboutRecipient && answer !== null && answer >= PERMANENT_FROM;
  if (isRefusedRecipient) return { reason: `the mail server refuses this address (${answer})`, isFinal: true };
  const known = FAILURE_CODES[code] ?? "the mail server did not take the message";
  return { reason: answer === null ? known : `${known} (${answer})`, isFinal: false };
}
