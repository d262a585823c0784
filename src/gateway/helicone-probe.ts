import type { Upstream } from "#gateway/forward.ts";
import { originOf } from "#helicone/answer-origin.ts";

export type ProbeResult = { isAlive: true } | { isAlive: false; reason: string };

/** Without any key: Anthropic says 401 at once and charges nothing, Helicone passes that on and logs nothing. */
const REQUEST = {
  method: "POST",
  path: "/v1/messages/count_tokens",
  headers: [
    ...["content-type", "application/json"],
    ...["anthropic-version", "2023-06-01"],
    ...["accept-encoding", "identity"],
  ],
  body: Buffer.from('{"model":"claude-haiku-4-5","messages":[{"role":"user","content":"?"}]}'),
};

/**
 * Asks Anthropic something through Helicone's proxy, to learn whether the whole way works: Helicone's own health says yes even where
 * nothing of it works. Whatever Anthropic answers will do. Never rejects.
 */
export function probeHelicone(helicone: Upstream, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const finish = (result: ProbeResult) => {
      clearTimeout(timer);
      resolve(result);
    };
    const forwarding = helicone.forward({
      ...REQUEST,
      onHead(status, headers) {
        const origin = originOf(status, headers);
        finish(origin.from === "upstream" ? { isAlive: true } : { isAlive: false, reason: origin.reason });
      },
      onChunk: () => true,
      onEnd: () => undefined,
      onError: ({ code }) => finish({ isAlive: false, reason: `it cannot be reached (${code})` }),
    });
    const timer = setTimeout(() => {
      finish({ isAlive: false, reason: `it did not answer within ${timeoutMs} ms` });
      forwarding.abort();
    }, timeoutMs);
    timer.unref();
  });
}
