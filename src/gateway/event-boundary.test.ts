import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createEventBoundary } from "#gateway/event-boundary.ts";

const feed = (...chunks: string[]) => {
  const boundary = createEventBoundary();
  return chunks.map((chunk) => boundary.feed(Buffer.from(chunk)));
};

describe("createEventBoundary", () => {
  it("names the end of the last event that is complete", () => {
    expect(feed("event: a\ndata: 1\n\nevent: b\ndata: 2\n\nevent: c\n")).toEqual([36]);
    expect(feed("event: a\ndata: 1\n")).toEqual([0]);
  });

  it("over chunks that end anywhere", () => {
    expect(feed("data: 1\n", "\n", "data: 2\n\nda", "ta: 3\n", "\nx")).toEqual([0, 1, 9, 0, 1]);
  });

  it("with line ends of two characters as well", () => {
    expect(feed("data: 1\r\n\r\ndata: 2\r\n")).toEqual([11]);
    expect(feed("data: 1\r\n", "\r", "\n", "data: 2\r\n\r\n")).toEqual([0, 0, 1, 11]);
  });

  it("whatever the chunks, what is kept ends after a blank line", () => {
    const event = fc.constantFrom("data: 1\n\n", "event: x\ndata: 2\n\n", ": note\n\n");
    fc.assert(
      fc.property(fc.array(event, { minLength: 1 }), fc.array(fc.nat(12)), (events, sizes) => {
        const stream = events.join("");
        const boundary = createEventBoundary();
        let at = 0;
        for (const size of [...sizes, stream.length]) {
          const chunk = stream.slice(at, at + size);
          const end = boundary.feed(Buffer.from(chunk));
          const whole = stream.slice(0, at + end);
          if (end > 0) expect(whole.endsWith("\n\n")).toBe(true);
          else if (chunk.includes("\n\n")) expect.unreachable("an event ended in this chunk");
          at += chunk.length;
        }
      }),
    );
  });
});
