import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { LOG_CONTENTS } from "#domain/helicone-log.ts";
import { type CallBodies, type LoggedCall, toLogRecord } from "#helicone/log-record.ts";

const KEY = "sk-helicone-labrw00-0000000-0000000-0000001";
const ID = "64b5fa78-00fb-4083-8dc4-2cfea439c933";
const SECRET = `ghp_${"a1B2".repeat(9)}`;

/** The call of the recorded request. */
const CALL: LoggedCall = {
  id: ID,
  admittedAt: new Date(1_795_473_900_000),
  model: "claude-sonnet-4-20250514",
  requestedModel: "claude-sonnet-4-20250514",
  sessionId: null,
  errorType: null,
  outcome: "completed",
  status: 200,
  latencyMs: 500,
  firstByteMs: 200,
  isStreamed: false,
  usage: {
    inputTokens: 1_000,
    outputTokens: 100,
    cacheReadInputTokens: 500,
    cacheCreation5mInputTokens: 0,
    cacheCreation1hInputTokens: null,
    webSearchRequests: null,
  },
  agent: { name: "async-agent", ownerId: null, type: null },
};
const REQUEST = { model: CALL.model, max_tokens: 100, messages: [{ role: "user", content: "hi" }] };
const ANSWER = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: CALL.model,
  content: [{ type: "text", text: "hello" }],
  usage: { input_tokens: 1, output_tokens: 1 },
};
const bodiesOf = (request: unknown, answer: unknown): CallBodies => ({
  request: JSON.stringify(request),
  answer: JSON.stringify(answer),
});
const FULL = { permission: { promised: "full", now: "full" }, writeKey: KEY } as const;
const REDACTED = { permission: { promised: "redacted", now: "full" }, writeKey: KEY } as const;
const METADATA = { permission: { promised: "metadata", now: "full" }, writeKey: KEY } as const;

describe("what Helicone is told of a call", () => {
  it("is, in full, what was recorded from the real one, with the ledger's counts", () => {
    expect(toLogRecord(CALL, bodiesOf(REQUEST, ANSWER), FULL)).toEqual({
      provider: "ANTHROPIC",
      providerRequest: {
        url: "https://api.anthropic.com/v1/messages",
        json: REQUEST,
        meta: {
          "Helicone-Auth": `Bearer ${KEY}`,
          "Helicone-Property-Agent-Name": "async-agent",
          "Helicone-User-Id": "async-agent",
          "Helicone-Request-Id": ID,
        },
      },
      providerResponse: {
        json: {
          ...ANSWER,
          usage: {
            input_tokens: 1_000,
            output_tokens: 100,
            cache_read_input_tokens: 500,
            cache_creation_input_tokens: 0,
            cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
          },
        },
        status: 200,
        headers: {},
      },
      timing: {
        startTime: { seconds: 1_795_473_900, milliseconds: 0 },
        endTime: { seconds: 1_795_473_900, milliseconds: 500 },
        timeToFirstToken: 200,
      },
    });
  });

  it("has no text as metadata, and all that tokens and cost need", () => {
    const record = toLogRecord(CALL, bodiesOf(REQUEST, ANSWER), METADATA);
    expect(JSON.stringify(record)).not.toMatch(/"hi"|hello|max_tokens/);
    expect(record.providerRequest.json).toMatchObject({ model: CALL.model });
    expect(record.providerResponse.json).toMatchObject({
      role: "assistant",
      model: CALL.model,
      usage: { input_tokens: 1_000, output_tokens: 100, cache_read_input_tokens: 500 },
    });
  });

  it("has no secret where it is redacted, neither in the request nor in the answer, streamed or not", () => {
    const request = { ...REQUEST, messages: [{ role: "user", content: `use ${SECRET} please` }] };
    const events = [
      { type: "message_start", message: { ...ANSWER, content: [] } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: `I use ${SECRET.slice(0, 9)}` } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: `${SECRET.slice(9)} now` } },
    ];
    const answer = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
    const record = toLogRecord(CALL, { request: JSON.stringify(request), answer }, REDACTED);
    expect(JSON.stringify(record)).not.toContain(SECRET);
    expect(record.providerRequest.json).toMatchObject({ messages: [{ content: "use [redacted] please" }] });
    expect(record.providerResponse.json).toMatchObject({ content: [{ text: "I use [redacted] now" }] });
  });

  it("gives away no more than was promised when the call began, nor more than holds now", () => {
    const bodies = bodiesOf({ ...REQUEST, system: "SECRET-TEXT" }, ANSWER);
    for (const promised of LOG_CONTENTS) {
      for (const now of LOG_CONTENTS) {
        const record = toLogRecord(CALL, bodies, { permission: { promised, now }, writeKey: KEY });
        const isTold = JSON.stringify(record).includes("SECRET-TEXT");
        expect(isTold).toBe(promised !== "metadata" && now !== "metadata");
      }
    }
  });
});

describe("a call that did not end as it should", () => {
  const cut: LoggedCall = { ...CALL, outcome: "incomplete", latencyMs: null, firstByteMs: null };

  it("is told with what is known of it, and with its outcome", () => {
    const record = toLogRecord({ ...cut, usage: { ...CALL.usage, outputTokens: null } }, null, METADATA);
    expect(record.providerRequest.meta["Helicone-Property-Outcome"]).toBe("incomplete");
    expect(record.providerResponse).toMatchObject({ status: 200, json: { usage: { input_tokens: 1_000 } } });
    expect(record.providerResponse.json.usage).not.toHaveProperty("output_tokens");
    expect(record.timing).toEqual({
      startTime: { seconds: 1_795_473_900, milliseconds: 0 },
      endTime: { seconds: 1_795_473_900, milliseconds: 0 },
    });
  });

  it("counts as cancelled where nothing came back", () => {
    expect(toLogRecord({ ...cut, status: null }, null, METADATA).providerResponse.status).toBe(-3);
  });

  it("is the error that Anthropic answered with, in words only where texts are told", () => {
    const failed: LoggedCall = { ...CALL, outcome: "failed", status: 529, errorType: "overloaded_error" };
    const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded by 'hi'" } };
    expect(toLogRecord(failed, bodiesOf(REQUEST, error), FULL).providerResponse).toMatchObject({
      status: 529,
      json: error,
    });
    const told = toLogRecord(failed, bodiesOf(REQUEST, error), METADATA).providerResponse;
    expect(told).toMatchObject({ status: 529, json: { error: { type: "overloaded_error" } } });
    expect(JSON.stringify(told)).not.toContain("hi");
  });
});

describe("whatever bodies are", () => {
  it("there is a record, with the ledger's model and counts", () => {
    const bodies = fc.record({ request: fc.string(), answer: fc.string() });
    fc.assert(
      fc.property(
        fc.oneof(
          bodies,
          fc.json().map((text) => ({ request: text, answer: text })),
        ),
        (given) => {
          const record = toLogRecord(CALL, given, REDACTED);
          expect(record.providerRequest.json).toBeTypeOf("object");
          expect(record.providerResponse.json).toMatchObject({ model: CALL.model, usage: { input_tokens: 1_000 } });
        },
      ),
    );
  });
});
