import { expect, it } from "vitest";

import { asBefore } from "#agents/adoption-recreate.ts";
import { DomainError } from "#domain/errors.ts";

it("a route that failed and was undone says that all is as before; a fault stays one", () => {
  const failure = new DomainError("unavailable", "With the new environment it did not answer within 60 s.");
  expect(asBefore(failure)).toMatchObject({
    code: "unavailable",
    message: "With the new environment it did not answer within 60 s. All is as it was before.",
  });
  const fault = new TypeError("x");
  expect(asBefore(fault)).toBe(fault);
});
