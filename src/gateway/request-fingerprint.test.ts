import { expect, it } from "vitest";

import { fingerprintOf } from "#gateway/request-fingerprint.ts";

it("the same request has the same fingerprint, one that differs in a byte or its length another", () => {
  const body = Buffer.from(JSON.stringify({ model: "claude-sonnet-5-5", messages: [{ role: "user", content: "hi" }] }));
  const other = Buffer.from(body);
  other[10] = 0x7e;
  expect(fingerprintOf(Buffer.from(body))).toBe(fingerprintOf(body));
  expect(new Set([body, other, body.subarray(1), Buffer.alloc(0)].map(fingerprintOf)).size).toBe(4);
});

it("is a whole number that can be told exactly, also for the largest request", () => {
  expect(Number.isSafeInteger(fingerprintOf(Buffer.alloc(32 * 1024 * 1024 - 1, 0xff)))).toBe(true);
});
