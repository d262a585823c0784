import { CALL_SORTS, type CallSort } from "#domain/call-query.ts";
import { DomainError } from "#domain/errors.ts";

/**
 * Where a call stands in an ordered list. Calls never change, so a place stays right while others arrive, and also when the call
 * itself is pruned.
 */
export type CallPlace = {
  /** A list is its stretches one after the other: what is known, then what is not. */
  stretch: number;
  /** What the list is ordered by; null where that is the time alone. */
  key: bigint | null;
  /** Microseconds since 1970. */
  admittedAtUs: bigint;
  /** A UUID. */
  id: string;
};

/** The place as the text that a page's address may carry. */
export function toCursor(sort: CallSort, { stretch, key, admittedAtUs, id }: CallPlace): string {
  return [sort, stretch, key ?? "", admittedAtUs, id.replaceAll("-", "")].join("~");
}

const CURSOR =
  /^([a-z-]+)~(\d)~(-?\d{0,19})~(\d{1,17})~([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

/**
 * Reads it back.
 * @throws DomainError invalid_input for a text that `toCursor` did not give, or gave for another order
 */
export function toPlace(sort: CallSort, cursor: string): CallPlace {
  const [, name, stretch = "", key = "", admittedAtUs = "", ...id] = CURSOR.exec(cursor) ?? [];
  const isKept = key !== "-" && BigInt.asIntN(64, BigInt(key)) === BigInt(key);
  if (CALL_SORTS.find((known) => known === name) !== sort || !isKept) {
    throw new DomainError("invalid_input", "This page of calls does not exist. Start at the first.");
  }
  return {
    stretch: Number(stretch),
    key: key === "" ? null : BigInt(key),
    admittedAtUs: BigInt(admittedAtUs),
    id: id.join("-"),
  };
}

/** The instant as PostgreSQL reads it, to the microsecond. */
export function toTimestamp(us: bigint): string {
  const seconds = new Date(Number(us / 1_000_000n) * 1_000).toISOString().slice(0, 19);
  return `${seconds}.${(us % 1_000_000n).toString().padStart(6, "0")}Z`;
}
