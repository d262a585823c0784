import { setTimeout as sleep } from "node:timers/promises";

import type { DockerEngine, InspectedContainer } from "#agents/docker-engine.ts";
import { readLogLines } from "#agents/docker-logs.ts";
import { maskedLine } from "#agents/masked-log.ts";
import type { LogOptions } from "#agents/runtime.ts";
import { DomainError } from "#domain/errors.ts";
import { createSecretMask, secretsInLines } from "#domain/secret-mask.ts";

const TAIL_MAX = 1_000;
/** Docker's stream ends with the run; the next run's output is looked for this often. */
const NEXT_RUN_MS = 500;

/** As far as its output is concerned. */
export type LoggedContainer = Pick<InspectedContainer, "Id"> & { Config: Pick<InspectedContainer["Config"], "Env"> };

/**
 * An agent's output without the secrets of its container's environment, over restarts, until the signal aborts or
 * `findContainer` gives null.
 * @throws DomainError not_found when there is no container to begin with
 */
export async function* followAgentLogs(
  findContainer: () => Promise<LoggedContainer | null>,
  { engine, request }: { engine: DockerEngine; request: LogOptions },
): AsyncGenerator<string> {
  const { signal, follow } = request;
  let run: Run = { tail: Math.max(0, Math.min(request.tail, TAIL_MAX)), seenUntil: null, follow, signal };
  let container = await findContainer();
  if (container === null) throw new DomainError("not_found", "There is no container of that agent.");
  while (container !== null && !signal.aborted) {
    let lastAt = run.seenUntil;
    const mask = createSecretMask(secretsInLines(container.Config.Env));
    for await (const { at, text } of readRun(engine, container.Id, run)) {
      if (lastAt === null || at > lastAt) lastAt = at;
      yield maskedLine(text, mask);
    }
    if (!follow) return;
    run = { ...run, tail: TAIL_MAX, seenUntil: lastAt };
    await sleep(NEXT_RUN_MS, null, { signal }).catch(() => null);
    container = await findContainer();
  }
}

/** `seenUntil`: an instant as Docker writes it, always equally long, so that text compares as time. */
type Run = { tail: number; seenUntil: string | null; follow: boolean; signal: AbortSignal };

async function* readRun(engine: DockerEngine, id: string, { tail, seenUntil, follow, signal }: Run) {
  try {
    const since = seenUntil === null ? null : toSeconds(seenUntil);
    const stream = await engine.logs(id, { tail, since, follow, signal });
    // A stream of Node's gives buffers.
    for await (const line of readLogLines(stream as AsyncIterable<Buffer>)) {
      if (seenUntil === null || line.at > seenUntil) yield line; // `since` includes its own instant
    }
  } catch (error) {
    // Aborted by the reader, or removed in the middle: the end of the output.
    if (signal.aborted || (error instanceof DomainError && error.code === "not_found")) return;
    throw error;
  }
}

/** "2026-01-02T03:04:05.000000006Z" as "1767323045.000000006". */
function toSeconds(instant: string): string {
  const [, nanoseconds = "0"] = /\.(\d+)Z$/.exec(instant) ?? [];
  return `${Math.floor(new Date(instant).getTime() / 1000)}.${nanoseconds.padEnd(9, "0")}`;
}
