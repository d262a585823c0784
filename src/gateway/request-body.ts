import type { IncomingMessage } from "node:http";

export type BodyResult = { ok: true; body: Buffer } | { ok: false; reason: "too_large" | "aborted" };

/** Anthropic's own limit. */
export const BODY_BYTES_MAX = 32 * 1024 * 1024;

/**
 * Reads a request's body whole. A body over the limit is reported as soon as that is known; what still comes of
 * it is thrown away, so that the client gets to read the answer. `aborted`: the client left in the middle.
 */
export function readBody(request: IncomingMessage, bytesMax = BODY_BYTES_MAX): Promise<BodyResult> {
  return new Promise((resolve) => {
    const announced = Number(request.headers["content-length"] ?? 0);
    if (announced > bytesMax) {
      request.resume();
      resolve({ ok: false, reason: "too_large" });
      return;
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= bytesMax) chunks.push(chunk);
      else {
        chunks.length = 0;
        resolve({ ok: false, reason: "too_large" });
      }
    });
    request.on("end", () => {
      resolve({ ok: true, body: single(chunks) });
      chunks.length = 0; // the request outlives its reading, and would keep them beside the whole
    });
    request.on("error", () => resolve({ ok: false, reason: "aborted" }));
    request.on("close", () => resolve({ ok: false, reason: "aborted" }));
  });
}

function single(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
}
