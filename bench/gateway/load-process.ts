import { type Dispatcher, Pool } from "undici";

import { CLAUDE_CODE_HEADERS, createRequestBodies } from "./request-bodies.ts";
import { type ObservedTurn, percentilesOf, type TurnOrder } from "./turn.ts";
import { createUpstreamAnswers } from "./upstream-answers.ts";

type Timed = { latencyMs: number; firstByteMs: number };

const bodies = createRequestBodies();
const answers = createUpstreamAnswers();
const answerBytes = { json: answers.json.length, sse: Buffer.concat(answers.frames).length };

/** Connections stay open from turn to turn, as an agent's do from call to call. */
const pools = new Map<string, Pool>();

process.on("disconnect", () => process.exit(0));
process.on("message", (order: TurnOrder) => void runTurn(order).then((turn) => process.send?.(turn)));
process.send?.({ ready: true });

/** Calls without pause on `concurrency` connections until the time is over and the last call has ended. */
async function runTurn(order: TurnOrder): Promise<ObservedTurn> {
  const { scenario, durationMs, callsMin, callsMax } = order;
  const call = createCall(order);
  const timed: Timed[] = [];
  const failures: string[] = [];
  const beganAtMs = performance.now();
  let started = 0;
  const mayStart = () =>
    started < callsMax && (started < callsMin || performance.now() - beganAtMs < durationMs) && failures.length < 100;
  const lane = async () => {
    while (mayStart()) {
      started += 1;
      await call().then(
        (times) => timed.push(times),
        (error: Error) => failures.push(error.message),
      );
    }
  };
  await Promise.all(Array.from({ length: scenario.concurrency }, lane));
  return {
    answered: timed.length,
    failed: failures.length,
    firstFailure: failures[0] ?? null,
    elapsedMs: performance.now() - beganAtMs,
    latency: percentilesOf(timed.map((times) => times.latencyMs)),
    firstByte: percentilesOf(timed.map((times) => times.firstByteMs)),
  };
}

/** A call of the turn's scenario; it rejects where the answer is not the upstream's, whole. */
function createCall({ to, scenario }: TurnOrder): () => Promise<Timed> {
  const pool = poolFor(to.url, scenario.concurrency);
  const request: Dispatcher.DispatchOptions = {
    method: "POST",
    path: to.path,
    headers: { ...CLAUDE_CODE_HEADERS, ...to.headers },
    body: bodies[scenario.body][scenario.answer],
  };
  const expectedBytes = answerBytes[scenario.answer];
  return () =>
    new Promise((resolve, reject) => {
      const sentAtMs = performance.now();
      let [status, bytes, firstByteAtMs] = [0, 0, 0];
      pool.dispatch(request, {
        onRequestStart() {
          // undici knows its newer kind of handler by this method
        },
        onResponseStart(_controller, received) {
          status = received;
        },
        onResponseData(_controller, chunk) {
          if (bytes === 0) firstByteAtMs = performance.now();
          bytes += chunk.length;
        },
        onResponseEnd() {
          const endedAtMs = performance.now();
          if (status !== 200) reject(new Error(`answered with ${status}`));
          else if (bytes !== expectedBytes) reject(new Error(`${bytes} bytes came instead of ${expectedBytes}`));
          else resolve({ latencyMs: endedAtMs - sentAtMs, firstByteMs: firstByteAtMs - sentAtMs });
        },
        onResponseError: (_controller, error) => reject(error),
      });
    });
}

function poolFor(url: string, connections: number): Pool {
  const key = `${connections} ${url}`;
  const existing = pools.get(key);
  if (existing !== undefined) return existing;
  const pool = new Pool(url, { connections, headersTimeout: 30_000, bodyTimeout: 30_000, keepAliveTimeout: 600_000 });
  pools.set(key, pool);
  return pool;
}
