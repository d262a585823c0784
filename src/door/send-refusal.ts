import type { IncomingMessage, ServerResponse } from "node:http";

import { ownHeaders } from "#door/answer-headers.ts";
import { ARRIVAL_PATH } from "#door/door-route.ts";
import { NOT_SIGNED_IN, type Refusal } from "#door/refusal.ts";

/** A request as the browser made it. */
export type Asked = Pick<IncomingMessage, "method" | "url" | "headers">;
type Answered = Refusal & { portalUrl: string };

const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem;color:#111827;background:#fff}" +
  "h1{font-size:1.25rem}a{color:#1d4ed8}@media(prefers-color-scheme:dark){body{color:#f3f4f6;background:#030712}a{color:#93c5fd}}";
/** Longer addresses are not kept over a sign-in. */
const WAY_BACK_LENGTH_MAX = 1_500;
const FRAMES = new Set(["iframe", "frame", "embed", "object"]);

/** Answers in Helicone's place. Who has to sign in is led to the portal; in a frame, by a link that leaves the frame. */
export function sendRefusal(request: Asked, response: ServerResponse, answer: Answered): void {
  const headers = refusalHeaders(request, answer);
  if (answer.code === NOT_SIGNED_IN.code && isPageLoad(request) && !isFramed(request)) {
    response.writeHead(303, { ...headers, location: signInAddress(request, answer) }).end();
    return;
  }
  const isPage = isPageLoad(request);
  const { code, text: message } = answer;
  const text = isPage ? pageOf(answer, leadOf(request, answer)) : JSON.stringify({ error: { code, message } });
  const type = isPage ? "text/html; charset=utf-8" : "application/json";
  response.writeHead(answer.status, { ...headers, "content-type": type, "content-length": Buffer.byteLength(text) });
  response.end(text);
}

/** Sends a browser to another place behind the door. */
export function sendRedirect(response: ServerResponse, path: string, portalUrl: string): void {
  const headers = { ...ownHeaders(portalUrl), "cache-control": "private, no-store", location: path };
  response.writeHead(303, headers).end();
}

/** What is kept of a request that is changed on its way. */
export function askedOf({ method, url, headers }: Asked): Asked {
  return { method, url, headers };
}

/** Whether a person looks at the answer. */
export function isPageLoad({ method, headers }: Asked): boolean {
  if (method !== "GET") return false;
  const mode = headers["sec-fetch-mode"];
  return mode === undefined ? (headers.accept ?? "").includes("text/html") : mode === "navigate";
}

function isFramed({ headers }: Asked): boolean {
  return FRAMES.has(String(headers["sec-fetch-dest"]));
}

function refusalHeaders({ headers }: Asked, { portalUrl }: Answered): Record<string, string | string[]> {
  const hasUnreadBody = headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
  return {
    ...ownHeaders(portalUrl, PAGE_POLICY),
    "cache-control": "private, no-store",
    ...(hasUnreadBody ? { connection: "close" } : {}),
  };
}

/** The portal's sign-in, and from there back to what was asked for: over addresses of the portal and the door alone. */
function signInAddress({ url = "/" }: Asked, { portalUrl }: Answered): string {
  const wanted = url.length > WAY_BACK_LENGTH_MAX ? "/" : url;
  const back = wanted.startsWith(ARRIVAL_PATH) ? "/" : wanted;
  const next = `/api/dashboard?to=${encodeURIComponent(back)}`;
  return `${new URL(portalUrl).origin}/login?next=${encodeURIComponent(next)}`;
}

function leadOf(request: Asked, answer: Answered): string {
  if (answer.leadsTo === "sign-in") return link(signInAddress(request, answer), "Sign in");
  return link(new URL(answer.portalUrl).origin, "To the portal");
}

function link(href: string, label: string): string {
  return `<a href="${escapeHtml(href)}" target="_top">${label}</a>`;
}

function pageOf({ title, text }: Refusal, lead: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
<p>${lead}</p>
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
