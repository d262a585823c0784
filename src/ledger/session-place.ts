import { DomainError } from "#domain/errors.ts";
import type { SessionSort } from "#domain/session-query.ts";

/** Where a session stands in an ordered list. `key`: microseconds since 1970 of its last call, or its cost. A session only ever moves up. */
export type SessionPlace = { key: bigint; agentId: number; sessionId: string };

/** The place as the text that a page's address may carry. */
export function toSessionCursor(sort: SessionSort, { key, agentId, sessionId }: SessionPlace): string {
  return [sort, key, agentId, Buffer.from(sessionId).toString("base64url")].join("~");
}

const CURSOR = /^([a-z]+)~(\d{1,18})~(\d{1,9})~([\w-]{1,600})$/;

/**
 * Reads it back.
 * @throws DomainError invalid_input for a text that `toSessionCursor` did not give, or gave for another order
 */
export function toSessionPlace(sort: SessionSort, cursor: string): SessionPlace {
  const [, name, key, agentId, sessionId] = CURSOR.exec(cursor) ?? [];
  if (name !== sort || key === undefined || agentId === undefined || sessionId === undefined) {
    throw new DomainError("invalid_input", "This page of sessions does not exist. Start at the first.");
  }
  const text = Buffer.from(sessionId, "base64url").toString().replaceAll("\0", "");
  return { key: BigInt(key), agentId: Number(agentId), sessionId: text };
}
