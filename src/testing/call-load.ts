import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { Agent, request } from "undici";

import type { Script } from "../../e2e/anthropic/script.ts";
import { messageBody } from "../../e2e/anthropic/upstream-client.ts";

/** Tokens by their kind, in the words of Anthropic's `usage`. */
export type ToldUsage = Record<string, number>;

/** A call that was answered in full, with what its answer said it used. */
export type AnsweredCall = { requestId: string; attempt: string; isStreamed: boolean; usage: ToldUsage };

export type CallLoad = {
  answered: readonly AnsweredCall[];
  /** Calls that were cut or found nobody listening, as it is when a gateway is killed. */
  unanswered(): number;
  /** Answers that should not be there, by status and text. */
  unexpected: readonly string[];
  /** Starts no further call, and resolves when the last one has ended. */
  stop(): Promise<void>;
};

type LoadOptions = { url: string; keys: readonly string[]; concurrency: number };

const PAUSE_WHEN_DOWN_MS = 100;

/**
 * Keeps `concurrency` calls in flight, JSON and streams, quick and slow, each with a made-up usage and with a
 * number of its own as its session, until it is stopped.
 */
export function startCallLoad({ url, keys, concurrency }: LoadOptions): CallLoad {
  const answered: AnsweredCall[] = [];
  const unexpected: string[] = [];
  const dispatcher = new Agent({ keepAliveTimeout: 10_000 });
  let unanswered = 0;
  let attempts = 0;
  let isStopped = false;

  const call = async () => {
    attempts += 1;
    const attempt = `attempt-${attempts}`;
    const key = keys[attempts % keys.length] ?? "";
    const { script, isStreamed } = makeScript(attempts);
    const response = await request(`${url}/v1/messages`, {
      method: "POST",
      dispatcher,
      headers: {
        authorization: `Bearer ${key}`,
        "x-script": JSON.stringify(script),
        "x-claude-code-session-id": attempt,
      },
      body: JSON.stringify(messageBody({ stream: isStreamed })),
    });
    const text = await response.body.text();
    if (response.statusCode !== 200) {
      unexpected.push(`${response.statusCode} ${text}`);
      return;
    }
    const usage = isStreamed ? lastUsage(text) : usageOf(JSON.parse(text));
    answered.push({ requestId: String(response.headers["request-id"]), attempt, isStreamed, usage });
  };
  const worker = async () => {
    while (!isStopped) {
      await call().catch(() => {
        unanswered += 1;
        return sleep(PAUSE_WHEN_DOWN_MS);
      });
    }
  };
  const workers = Array.from({ length: concurrency }, worker);
  return {
    answered,
    unanswered: () => unanswered,
    unexpected,
    async stop() {
      isStopped = true;
      await Promise.all(workers);
      await dispatcher.close();
    },
  };
}

function makeScript(attempt: number): { script: Script; isStreamed: boolean } {
  const usage = {
    input_tokens: randomInt(1, 5_000),
    output_tokens: randomInt(1, 2_000),
    cache_read_input_tokens: randomInt(0, 50_000),
    cache_creation_input_tokens: randomInt(0, 3_000),
  };
  const isStreamed = attempt % 2 === 0;
  const pace = attempt % 3 === 0 ? { headersDelayMs: randomInt(50, 300), chunkDelayMs: randomInt(1, 15) } : {};
  return { isStreamed, script: { usage, length: randomInt(20, 400), chunkBytes: randomInt(20, 4_000), ...pace } };
}

/** Of a stream that has ended; throws where it has not: then it was not answered. */
function lastUsage(stream: string): ToldUsage {
  const data = stream.split("\n").filter((line) => line.startsWith("data: "));
  if (data.at(-1)?.includes('"message_stop"') !== true) throw new Error("The stream ends before its end");
  const delta = data.findLast((line) => line.includes('"message_delta"'));
  return usageOf(JSON.parse((delta ?? "").slice("data: ".length)));
}

function usageOf(message: unknown): ToldUsage {
  return Object(message).usage;
}
