import type { AgentRecord } from "#agents/agents.ts";
import type { PortalContext } from "#portal/api/context.ts";

/** Lines of an agent's output as they are written; none is a sign of life. `left`: lines too many to be sent. */
export type LogNews = { lines: string[]; left: number };

type LogContext = PortalContext & { agent: AgentRecord };

const GATHER_MS = 100;
const KEEP_ALIVE_MS = 15_000;
/** What is sent at once; an agent that writes faster is not readable anyway. */
const LINES_MAX = 500;

/**
 * Yields the last `tail` lines of an agent's output and then what is written, gathered. Ends when the client leaves,
 * when the agent is removed, and when the person may not see it any longer.
 */
export async function* followLogs(context: LogContext, tail: number, signal?: AbortSignal): AsyncGenerator<LogNews> {
  const { platform, agent } = context;
  const leaving = new AbortController();
  const until = AbortSignal.any([leaving.signal, ...(signal === undefined ? [] : [signal])]);
  const inbox = createLineInbox(until);
  const reading = inbox.fill(platform.fleet.logs(agent, { tail, follow: true, signal: until }));
  reading.catch(() => undefined); // awaited below, unless the reader has left by then
  try {
    yield { lines: [], left: 0 };
    for (;;) {
      const news = await inbox.take();
      if (until.aborted || (await isOver(context))) return;
      if (news === null) break;
      yield news;
    }
    await reading;
  } finally {
    leaving.abort();
  }
}

/** Whoever lost access, or whose agent went to somebody else, must not read on. */
async function isOver({ platform, session, agent }: LogContext): Promise<boolean> {
  if (session === null || session.expiresAt <= platform.clock()) return true;
  const actor = await platform.accounts.actorOf(session.claim);
  if (actor === null) return true;
  return platform.agents.find(actor, agent.name).then(
    (found) => found.id !== agent.id,
    () => true,
  );
}

function createLineInbox(signal: AbortSignal) {
  let [lines, left, isDone]: [string[], number, boolean] = [[], 0, false];
  let wake = (): void => undefined;
  signal.addEventListener("abort", () => wake(), { once: true });
  return {
    /** Resolves when there is no more to read, also when reading ends badly: `take` then ends too. */
    async fill(source: AsyncIterable<string>): Promise<void> {
      try {
        for await (const line of source) {
          if (lines.length < LINES_MAX) lines.push(line);
          else left += 1;
          wake();
        }
      } finally {
        isDone = true;
        wake();
      }
    },
    /** What has come in, gathered for a moment; nothing after 15 s; null at the end. */
    async take(): Promise<LogNews | null> {
      if (lines.length === 0 && !isDone && !signal.aborted) await pause(KEEP_ALIVE_MS);
      if (lines.length === 0 && isDone) return null;
      if (lines.length > 0 && !isDone && !signal.aborted) await new Promise((done) => setTimeout(done, GATHER_MS));
      const news = { lines, left };
      [lines, left] = [[], 0];
      return news;
    },
  };

  function pause(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
