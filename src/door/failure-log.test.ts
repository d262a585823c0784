import { expect, it } from "vitest";

import type { HeliconeFailure } from "#door/ask-web.ts";
import { createFailureLog } from "#door/failure-log.ts";
import type { Log } from "#log.ts";

it("a failure is one line in the log, and another after a minute", () => {
  const lines: HeliconeFailure[] = [];
  const log = { warn: ({ failure }: { failure: HeliconeFailure }) => lines.push(failure) } as unknown as Log; // all it uses
  let now = 0;
  const note = createFailureLog(log, () => now);
  for (let asset = 0; asset < 20; asset += 1) note("unreachable");
  note("timed_out");
  now = 59_999;
  note("unreachable");
  expect(lines).toEqual(["unreachable", "timed_out"]);
  now = 60_000;
  note("unreachable");
  expect(lines).toEqual(["unreachable", "timed_out", "unreachable"]);
});
