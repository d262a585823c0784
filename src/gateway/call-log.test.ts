import { describe, expect, it } from "vitest";

import { LOG_CONTENTS, type LogContent } from "#domain/helicone-log.ts";
import { type BodyKeeper, logCall } from "#gateway/call-log.ts";

const CALL = { id: "01a20dac-7340-763c-9f61-00779c6e76ee", agentId: 7 };
const REQUEST = Buffer.from("{}");

/** A keeper that tells what it was given. */
function keeperOf(content: LogContent): BodyKeeper & { kept: string[] } {
  const kept: string[] = [];
  return {
    kept,
    contentOf: () => content,
    record(id, request) {
      kept.push(`${id} ${request}`);
      return {
        answer: (chunk) => void kept.push(`${chunk}`),
        end: () => void kept.push("end"),
      };
    },
  };
}

describe("what Helicone is to be told of a call", () => {
  it("is nothing, and nothing is kept, where Helicone is off", () => {
    const log = logCall(null, CALL, REQUEST);
    log.begin("none");
    log.answer(REQUEST);
    expect(log.end("none")).toBeNull();
  });

  it.each(LOG_CONTENTS)("is as much as is chosen for the agent: %s; bodies are kept for texts alone", (content) => {
    const keeper = keeperOf(content);
    const log = logCall(keeper, CALL, REQUEST);
    log.begin("none");
    log.answer(Buffer.from("a"));
    log.answer(Buffer.from("b"));
    expect(log.end("none")).toBe(content);
    expect(keeper.kept).toEqual(content === "metadata" ? [] : [`${CALL.id} {}`, "a", "b", "end"]);
  });

  it("is nothing where Helicone has seen it whole, and a question where it may have", () => {
    const keeper = keeperOf("full");
    const [whole, cut] = [logCall(keeper, CALL, REQUEST), logCall(keeper, CALL, REQUEST)];
    for (const log of [whole, cut]) {
      log.begin("whole");
      log.answer(REQUEST);
    }
    expect([whole.end("whole"), cut.end("unsure")]).toEqual([null, "ask-first"]);
    expect(keeper.kept).toEqual([]);
  });

  it("is metadata where no answer has begun", () => {
    const keeper = keeperOf("full");
    expect(logCall(keeper, CALL, REQUEST).end("none")).toBe("metadata");
    expect(keeper.kept).toEqual([]);
  });
});
