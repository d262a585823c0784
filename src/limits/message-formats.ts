import type { AlertMessage } from "#limits/alert-message.ts";

/** A message as a mail. */
export type MailText = { subject: string; text: string; html: string };

const FOOTER =
  "Trinity LLM Observability tells the agent's owner, the admins, and the addresses that an admin has added.";

/** As a mail, in plain text and in HTML without images, scripts or anything to load. Pure. */
export function toMail({ title, figures, link }: AlertMessage): MailText {
  const widest = Math.max(0, ...figures.map(({ label }) => label.length));
  const lines = figures.map(({ label, value }) => `${`${label}:`.padEnd(widest + 2)}${value}`);
  const rows = figures.map(
    ({ label, value }) =>
      `<tr><th align="left" style="padding:4px 16px 4px 0;font-weight:normal;color:#52606d;vertical-align:top">${escapeHtml(label)}</th>` +
      `<td style="padding:4px 0">${escapeHtml(value)}</td></tr>`,
  );
  return {
    subject: oneLine(title),
    text: `${title}.\n\n${lines.join("\n")}\n\n${link}\n\n-- \n${FOOTER}\n`,
    html:
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>` +
      '<body style="margin:0;padding:24px;font:15px/1.5 system-ui,sans-serif;color:#1f2933;background:#fff">' +
      `<h1 style="font-size:18px;margin:0 0 16px">${escapeHtml(title)}</h1>` +
      `<table role="presentation" style="border-collapse:collapse;font-size:15px">${rows.join("")}</table>` +
      `<p style="margin:20px 0"><a href="${escapeHtml(link)}" style="color:#0b6e7f">Open in the portal</a></p>` +
      `<p style="font-size:13px;color:#52606d">${escapeHtml(FOOTER)}</p></body></html>`,
  };
}

/** As the body that Slack's incoming webhooks take, and those of Mattermost, Rocket.Chat and others like it. Pure. */
export function toSlackBody({ title, figures, link }: AlertMessage): string {
  const lines = figures.map(({ label, value }) => `${escapeSlack(label)}: ${escapeSlack(value)}`);
  return JSON.stringify({ text: [`*${escapeSlack(title)}*`, ...lines, `<${link}|Open in the portal>`].join("\n") });
}

/** As the body of a signed webhook. Pure. */
export function toWebhookBody({ event }: AlertMessage): string {
  return JSON.stringify(event);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Slack reads three characters as markup, and stars and the like as emphasis; a name must not turn into either. */
function escapeSlack(text: string): string {
  return oneLine(text)
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/[*_~`]/g, (mark) => `\u200b${mark}`);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
