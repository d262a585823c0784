import fc from "fast-check";
import { expect, test } from "vitest";

import { scanRequest } from "#gateway/request-scan.ts";

const scan = (text: string) => scanRequest(Buffer.from(text));

test("finds model, stream and max_tokens at the top level only", () => {
  const body = {
    tools: [{ model: "inner", stream: false, max_tokens: 1 }],
    messages: [{ role: "user", content: 'say "model": "fake", {"stream": true} \\" \\\\' }],
    model: "claude-opus-5-5",
    max_tokens: 128000,
    stream: true,
  };
  const expected = { ok: true, scan: { model: "claude-opus-5-5", isStreamed: true, maxTokens: 128000 } };
  expect(scan(JSON.stringify(body))).toEqual(expected);
  expect(scan(` \n${JSON.stringify(body, null, 2)}\r\n`)).toEqual(expected);
});

test("agrees with JSON.parse on any JSON object", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.string({ minLength: 1 }),
      fc.boolean(),
      (rest, model, stream) => {
        const { model: _model, stream: _stream, max_tokens: _maxTokens, ...others } = rest;
        const text = JSON.stringify({ ...others, model, stream, trailing: others });
        expect(scan(text)).toEqual({ ok: true, scan: { model, isStreamed: stream, maxTokens: null } });
      },
    ),
    { numRuns: 300 },
  );
});

test("every truncation of a body is called incomplete or not JSON, never accepted", () => {
  const text = JSON.stringify({ model: "m", messages: [{ content: 'a "quoted\\" text' }], stream: true });
  for (let length = 0; length < text.length; length += 1) {
    expect(scan(text.slice(0, length)).ok).toBe(false);
  }
});

test.each([
  ["", "not valid JSON"],
  ["hello", "not valid JSON"],
  ["[]", "not valid JSON"],
  ['{"model":"m"} trailing', "not valid JSON"],
  ['{"model" "m"}', "not valid JSON"],
  ['{"model":"m"', "ends before"],
  ['{"model":"m', "ends before"],
  ["{}", "model: Field required"],
  ['{"model":""}', "model: Field required"],
  ['{"model":7}', "model: Field required"],
  ['{"model":{"model":"m"}}', "model: Field required"],
])("says what is wrong with %j", (text, problem) => {
  const result = scan(text);
  expect(result.ok).toBe(false);
  expect(result.ok ? "" : result.problem).toContain(problem);
});

test("of a repeated field the last counts", () => {
  expect(scan('{"model":"a","model":"b","stream":false,"stream":true}')).toMatchObject({
    scan: { model: "b", isStreamed: true },
  });
});
