import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createEncodedMeter } from "#gateway/encoded-meter.ts";
import { createUsageMeter, type Metered } from "#gateway/usage-meter.ts";

const EVENTS = [
  {
    type: "message_start",
    message: { model: "claude-opus-5-5", usage: { input_tokens: 9, output_tokens: 1, cache_read_input_tokens: 4 } },
  },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "ping" },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "ß😀漢" } },
  { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "abc" } },
  { type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: '{"a"' } },
  { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "long and not counted" } },
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: {}, usage: { output_tokens: 20 } },
  { type: "message_delta", delta: {}, usage: { output_tokens: 42 } },
  { type: "message_stop" },
];

function toStream(events: readonly { type: string }[], lineEnd = "\n"): Buffer {
  return Buffer.from(
    events.map((event) => `event: ${event.type}${lineEnd}data: ${JSON.stringify(event)}${lineEnd}${lineEnd}`).join(""),
  );
}

/** Feeds the bytes in pieces of these lengths, over and over. */
function meter(
  bytes: Buffer,
  lengths: readonly number[] = [bytes.length || 1],
  ending: "end" | "cut" | "none" = "end",
): Metered {
  const metering = createUsageMeter();
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1;
    metering.feed(bytes.subarray(at, at + length));
    at += length;
  }
  if (ending !== "none") metering[ending]();
  return metering.seen();
}

const WHOLE = { inputTokens: 9, outputTokens: 42, cacheReadInputTokens: 4 };

describe("a stream", () => {
  it.each([
    ["\n", "LF"],
    ["\r\n", "CR LF"],
    ["\r", "CR"],
  ])("is metered alike with every kind of line end %j", (lineEnd) => {
    const seen = meter(toStream(EVENTS, lineEnd), [1]);
    expect(seen).toMatchObject({ model: "claude-opus-5-5", isComplete: true, errorType: null, usage: WHOLE });
    expect(seen.streamedCharacters).toBe(4 + 3 + 4);
  });

  it("is metered alike wherever its chunks begin and end", () => {
    const bytes = toStream(EVENTS);
    const whole = meter(bytes);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 30 }), (lengths) => {
        expect(meter(bytes, lengths)).toEqual(whole);
      }),
    );
  });

  it("is complete with its last event, before the connection ends, and not earlier", () => {
    const bytes = toStream(EVENTS);
    expect(meter(bytes, [bytes.length], "none").isComplete).toBe(true);
    expect(meter(bytes.subarray(0, -1), [bytes.length], "none").isComplete).toBe(false);
  });

  it("without message_stop is complete when it ends in order, and not when it is cut", () => {
    const bytes = toStream(EVENTS.slice(0, -1));
    expect([meter(bytes).isComplete, meter(bytes, [50], "cut").isComplete]).toEqual([true, false]);
  });

  it("that stops before its last counts is not complete, whatever it says", () => {
    const bytes = toStream([...EVENTS.slice(0, 6), { type: "message_stop" }]);
    expect(meter(bytes)).toMatchObject({ isComplete: false, usage: { inputTokens: 9, outputTokens: 1 } });
  });

  it("that ends with an error is not complete", () => {
    const error = { type: "error", error: { type: "overloaded_error", message: "x" } };
    expect(meter(toStream([...EVENTS.slice(0, 9), error]))).toMatchObject({
      isComplete: false,
      errorType: "overloaded_error",
    });
  });

  it("events that are unknown, broken or not objects change nothing", () => {
    const noise = [
      'data: {"type":"message_start"',
      "data: null",
      "data: []",
      'data: "x"',
      ": comment",
      "data",
      "event: message_stop",
      'data: {"type":"toString"}',
      'data: {"type":"__proto__"}',
      "retry: x",
      "id: \0",
    ];
    const bytes = Buffer.concat([Buffer.from(noise.join("\n\n")), Buffer.from("\n\n"), toStream(EVENTS)]);
    expect(meter(bytes, [7])).toMatchObject({ isComplete: true, usage: WHOLE });
  });

  it("bytes that are no text change nothing", () => {
    const bytes = toStream(EVENTS);
    const at = bytes.indexOf("ß");
    const spoilt = Buffer.concat([
      bytes.subarray(0, at),
      Buffer.from([0xff, 0xc3, 0x28, 0xf0, 0x9f]),
      bytes.subarray(at),
    ]);
    for (const length of [1, 3, spoilt.length])
      expect(meter(spoilt, [length])).toMatchObject({ isComplete: true, usage: WHOLE });
  });
});

describe("JSON", () => {
  const message = {
    type: "message",
    model: "claude-opus-5-5",
    content: [{ text: "x".repeat(100) }],
    usage: { input_tokens: 9, output_tokens: 42, cache_read_input_tokens: 4 },
  };
  const bytes = Buffer.from(JSON.stringify(message));

  it.each([[1], [7], [1_000_000]])("is metered at its end, in pieces of %d", (length) => {
    expect(meter(bytes, [length])).toMatchObject({ isComplete: true, usage: WHOLE, streamedCharacters: 0 });
    expect(meter(bytes, [length], "none").isComplete).toBe(false);
  });

  it("after white space is still JSON", () => {
    expect(meter(Buffer.concat([Buffer.from("\r\n \t"), bytes]), [1]).isComplete).toBe(true);
  });

  it("that is whole when the connection is cut is complete; half of it counts by its bytes", () => {
    expect(meter(bytes, [20], "cut").isComplete).toBe(true);
    expect(meter(bytes.subarray(0, 90), [20], "cut")).toMatchObject({ isComplete: false, streamedCharacters: 90 });
  });

  it("of an error is none of a message", () => {
    const error = Buffer.from('{"type":"error","error":{"type":"overloaded_error"}}');
    expect(meter(error)).toMatchObject({ errorType: "overloaded_error", isComplete: false });
    expect(meter(Buffer.from('{"type":"error"}'))).toMatchObject({ errorType: "unknown" });
  });
});

describe("whatever comes", () => {
  it("the meter never throws, and never reports what is not a count", () => {
    const json = fc.json().map((text) => Buffer.from(text));
    const event = fc
      .tuple(
        fc.constantFrom("message_start", "message_delta", "content_block_delta", "error", "message_stop"),
        fc.jsonValue(),
        fc.jsonValue(),
      )
      .map(([type, usage, delta]) =>
        toStream([Object.assign({ type }, { message: { usage, model: delta }, usage, delta, error: delta })]),
      );
    const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(json, event, bytes), { maxLength: 6 }),
        fc.constantFrom("end" as const, "cut" as const),
        (parts, ending) => {
          const { usage } = meter(Buffer.concat(parts), [13], ending);
          for (const count of [
            usage.inputTokens,
            usage.outputTokens,
            usage.cacheReadInputTokens,
            usage.webSearchRequests,
          ]) {
            expect(count === null || (Number.isSafeInteger(count) && count >= 0 && count <= 100_000_000)).toBe(true);
          }
        },
      ),
    );
  });
});

describe("an answer that came compressed", () => {
  const bytes = toStream(EVENTS);

  function meterEncoded(encoding: string, encoded: Buffer, ending: "end" | "cut" = "end"): Metered {
    const metering = createEncodedMeter(encoding, createUsageMeter());
    for (let at = 0; at < encoded.length; at += 11) metering.feed(encoded.subarray(at, at + 11));
    metering[ending]();
    return metering.seen();
  }

  it.each([
    ["gzip", gzipSync(bytes)],
    ["GZIP ", gzipSync(bytes)],
    ["x-gzip", gzipSync(bytes)],
    ["deflate", deflateSync(bytes)],
    ["br", brotliCompressSync(bytes)],
    ["identity", bytes],
    ["gzip", bytes],
  ])("is metered: %s", (encoding, encoded) => {
    expect(meterEncoded(encoding, encoded)).toMatchObject({ isComplete: true, usage: WHOLE });
  });

  it.each([
    ["gzip", gzipSync(bytes)],
    ["br", brotliCompressSync(bytes)],
  ])("and cut is metered as far as it goes: %s", (encoding, encoded) => {
    const seen = meterEncoded(encoding, encoded.subarray(0, -12), "cut");
    expect(seen.isComplete).toBe(false);
    if (encoding === "gzip") expect(seen.usage.inputTokens).toBe(9);
  });

  it("in an encoding that nobody knows, or that unpacks without end, is metered as unknown", () => {
    const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024));
    for (const encoded of [bomb, Buffer.from("ÿÿÿ")]) {
      expect(meterEncoded("gzip", encoded)).toMatchObject({ isComplete: false, usage: { inputTokens: null } });
    }
  });
});
