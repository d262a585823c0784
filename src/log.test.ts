import { expect, it } from "vitest";

import { describeError } from "#log.ts";

it("an error is logged with what it says and where it arose, and nothing that hangs on it", () => {
  const cause = Object.assign(new RangeError("inner"), { code: "E_INNER", detail: "Failing row contains (secret)" });
  const error = Object.assign(new Error("outer", { cause }), {
    client: { secretKey: 1 },
    config: { password: "secret" },
  });
  const logged = describeError(error);
  expect(logged).toMatchObject({
    type: "Error",
    message: "outer",
    cause: { type: "RangeError", code: "E_INNER", message: "inner" },
  });
  expect(JSON.stringify(logged)).toContain("log.test.ts");
  expect(JSON.stringify(logged)).not.toMatch(/secret/);
});

it("what is thrown and is no error is logged as it is", () => {
  expect(describeError("a text")).toBe("a text");
});
