import { setTimeout as sleep } from "node:timers/promises";

import { expect, it } from "vitest";

import { currentRequestId, inRequest } from "#request-id.ts";

it("each request has an id of its own, whatever runs beside it, and none is left behind", async () => {
  const ids = await Promise.all(
    [20, 5].map((ms) =>
      inRequest(async (id) => {
        await sleep(ms);
        return [id, currentRequestId()];
      }),
    ),
  );
  expect(ids.map(([given, seen]) => given === seen)).toEqual([true, true]);
  expect(new Set(ids.flat()).size).toBe(2);
  expect(ids[0]?.[0]).toMatch(/^req_[0-9a-f]{32}$/);
  expect(currentRequestId()).toBeNull();
});

it("what a request does is done under its id", () => {
  inRequest((outer) => inRequest((inner) => expect(inner).toBe(outer)));
});
