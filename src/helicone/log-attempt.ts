import { lesserContent } from "#domain/helicone-log.ts";
import type { ClaimedLog } from "#helicone/log-outbox.ts";
import { type CallBodies, type LoggedCall, type LogRecord, toLogRecord } from "#helicone/log-record.ts";
import type { PostOutcome } from "#helicone/post-log.ts";
import type { Log } from "#log.ts";

/** Where the bodies of calls wait. */
export type SpooledBodies = {
  size(id: string): Promise<number | "writing" | "none">;
  read(id: string): Promise<CallBodies | null>;
};

export type AttemptParts = { post: (record: LogRecord) => Promise<PostOutcome>; bodies: SpooledBodies; log: Log };

/** `writing`: its bodies are not complete yet. Otherwise how the post ended, and whether bodies were in it. */
export type AttemptOutcome = { outcome: "writing" } | (PostOutcome & { hadBodies: boolean });

/** Posts one call. One attempt at a time has a large body in memory. */
export type AttemptLog = (claimed: ClaimedLog, writeKey: string) => Promise<AttemptOutcome>;

/** A larger one is not sent: Helicone takes 50 MB. */
const BODY_BYTES_MAX = 40 * 1024 * 1024;
const LARGE_BODY_BYTES = 4 * 1024 * 1024;
/** Bodies that Helicone has failed on so often may be why it fails. */
const BODY_ATTEMPTS_MAX = 4;
const WRITING_MS_MAX = 5 * 60_000;

/** Puts records together and posts them. */
export function createLogAttempts(parts: AttemptParts): AttemptLog {
  let lastLarge: Promise<unknown> = Promise.resolve();
  return (claimed, writeKey) =>
    attempt(parts, { claimed, writeKey }, (post) => {
      const next = lastLarge.then(post);
      lastLarge = next.catch(() => undefined); // whoever posts hears of it
      return next;
    });
}

type Posting = { claimed: ClaimedLog; writeKey: string };
type InTurn = (post: () => Promise<AttemptOutcome>) => Promise<AttemptOutcome>;

async function attempt(parts: AttemptParts, posting: Posting, inTurn: InTurn): Promise<AttemptOutcome> {
  const { claimed } = posting;
  const size = await sizeToSend(parts.bodies, claimed);
  if (size === "writing") return { outcome: "writing" };
  const post = async (): Promise<AttemptOutcome> => {
    const bodies = size === "none" ? null : await parts.bodies.read(claimed.call.id);
    return { ...(await parts.post(recordOf(parts, posting, bodies))), hadBodies: bodies !== null };
  };
  return size !== "none" && size > LARGE_BODY_BYTES ? inTurn(post) : post();
}

/** `none` as well where they are not to be sent. */
async function sizeToSend(bodies: SpooledBodies, { call, permission, attempts }: ClaimedLog) {
  const content = lesserContent(permission.promised, permission.now);
  if (content === "metadata" || attempts > BODY_ATTEMPTS_MAX) return "none";
  const size = await bodies.size(call.id);
  if (size === "writing") return isLongOver(call) ? "none" : size;
  return size === "none" || size > BODY_BYTES_MAX ? "none" : size;
}

function isLongOver({ admittedAt, latencyMs }: LoggedCall): boolean {
  return Date.now() - admittedAt.getTime() - (latencyMs ?? 0) > WRITING_MS_MAX;
}

/** Bodies are whatever an agent and a model say: what cannot be worked through is left out. */
function recordOf({ log }: AttemptParts, { claimed, writeKey }: Posting, bodies: CallBodies | null): LogRecord {
  const { call, permission } = claimed;
  try {
    return toLogRecord(call, bodies, { permission, writeKey });
  } catch (error) {
    log.warn({ requestId: call.id, reason: String(error) }, "Helicone is told of a call without its bodies");
    return toLogRecord(call, null, { permission, writeKey });
  }
}
