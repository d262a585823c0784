import { request } from "undici";

import { type RawAnswer, unavailable } from "#helicone/helicone-answer.ts";

export type Question = {
  method: "GET" | "POST" | "DELETE";
  url: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** From the first byte sent to the last received. */
  timeoutMs: number;
};

export type AskedAnswer = RawAnswer & { setCookies: string[]; location: string | null };

/** What a whole answer may take; a page of 1,000 rows is 2 to 3 MB. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Asks one thing, follows no redirection, and waits no longer than it says, also where somebody accepts and never answers.
 * @throws DomainError "unavailable" when no whole answer came
 */
export async function askHelicone({ method, url, headers, body, timeoutMs }: Question): Promise<AskedAnswer> {
  const json = body === undefined ? undefined : JSON.stringify(body);
  try {
    const answer = await request(url, {
      method,
      headers: { ...(json !== undefined && { "content-type": "application/json" }), ...headers },
      body: json,
      signal: AbortSignal.timeout(timeoutMs),
      reset: true, // a kept connection may be closed by the other side just when it is used again
    });
    return {
      status: answer.statusCode,
      contentType: String(answer.headers["content-type"] ?? ""),
      setCookies: [answer.headers["set-cookie"] ?? []].flat(),
      location: [answer.headers.location ?? null].flat()[0] ?? null,
      text: await readText(answer.body),
    };
  } catch (error) {
    throw unavailable(`Helicone does not answer at ${new URL(url).origin} (${codeOf(error)}).`);
  }
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error("answer too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if (error.name === "TimeoutError" || error.name === "AbortError") return "no answer in time";
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
