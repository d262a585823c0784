import { expect, it } from "vitest";

import { parseChaosOptions } from "./chaos-options.ts";

it("takes what is given and fills in the rest", () => {
  expect(parseChaosOptions([])).toEqual({ kills: 100, seconds: 300, concurrency: 40 });
  expect(parseChaosOptions(["--kills", "3", "--seconds", "9"])).toEqual({ kills: 3, seconds: 9, concurrency: 40 });
});

it.each([["--kill"], ["--kills"], ["--kills", "0"], ["--kills", "x"], ["3"], ["--toString", "3"], ["--kills", "1.5"]])(
  "does not guess at %s %s",
  (...args) => {
    expect(parseChaosOptions(args)).toBeNull();
  },
);
