import type { ServerResponse } from "node:http";

/** Sends a whole JSON answer, once. Does nothing when the caller is gone or has been answered. */
export function sendJson(
  response: ServerResponse,
  answer: { status: number; body: unknown; headers?: Record<string, string> },
): void {
  if (response.destroyed || response.headersSent) return;
  const body = JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    ...answer.headers,
  });
  response.end(body);
}

/** An error in the shape of Trinity's agent servers. */
export function sendProblem(response: ServerResponse, status: number, detail: string): void {
  // What the caller may still be sending is not read: the connection ends with the answer.
  const headers: Record<string, string> = status === 413 ? { connection: "close" } : {};
  sendJson(response, { status, body: { detail }, headers });
}
