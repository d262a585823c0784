import { createHash } from "node:crypto";

import { v4, v7 } from "uuid";

/** A source of numbers that look random and are the same for the same seed. */
export type Random = {
  /** From 0 (inclusive) to 1 (exclusive). */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** True in this share of cases, 0 to 1. */
  chance(share: number): boolean;
  /** One of the entries, each as often as its weight says. */
  pick<T>(weighted: readonly (readonly [T, number])[]): T;
  /** A positive whole number: mostly near `median`, sometimes several times as much, as sizes and times are. */
  around(median: number): number;
  /** An id of a session or a prompt (UUID version 4). */
  uuid(): string;
  /** An id of a call made at that instant (UUID version 7). */
  callId(at: Date): string;
  /** Letters and digits. */
  letters(count: number): string;
};

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** The standard deviation of the logarithm: two thirds lie between 0.55 and 1.8 times the median. */
const SPREAD = 0.6;

/** Numbers from a text: the demo's history is the same on every machine, apart from the day it ends on. */
export function createRandom(seed: string): Random {
  const next = createGenerator(seed);
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const bytes = () => Uint8Array.from({ length: 16 }, () => int(0, 255));
  return {
    next,
    int,
    chance: (share) => next() < share,
    pick: (weighted) => pickWeighted(weighted, next()),
    around: (median) => Math.max(1, Math.round(median * Math.exp(SPREAD * toNormal(next(), next())))),
    uuid: () => v4({ random: bytes() }),
    callId: (at) => v7({ msecs: at.getTime(), random: bytes() }),
    letters: (count) => Array.from({ length: count }, () => LETTERS[int(0, LETTERS.length - 1)]).join(""),
  };
}

/** A small counter-based generator: the counter's bits, mixed until neighbours have nothing in common. */
function createGenerator(seed: string): () => number {
  let counter = createHash("sha256").update(seed).digest().readUInt32LE(0);
  return () => {
    counter = (counter + 0x9e3779b9) >>> 0;
    let mixed = counter;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** From two even numbers to one of the normal distribution (Box and Muller). */
function toNormal(a: number, b: number): number {
  return Math.sqrt(-2 * Math.log(1 - a)) * Math.cos(2 * Math.PI * b);
}

function pickWeighted<T>(weighted: readonly (readonly [T, number])[], share: number): T {
  let left = share * weighted.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [entry, weight] of weighted) {
    left -= weight;
    if (left < 0) return entry;
  }
  throw new RangeError("There is nothing to pick from.");
}
