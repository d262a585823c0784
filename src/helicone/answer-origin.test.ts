import { describe, expect, it } from "vitest";

import { isReadable, originOf, withoutHeliconeHeaders } from "#helicone/answer-origin.ts";

const JSON_TYPE = { "content-type": "application/json" };
const EVENTS = { "content-type": "text/event-stream; charset=utf-8" };
const HTML = { "content-type": "text/html; charset=utf-8" };
const MARKED = { "helicone-id": "76122502-d949-4a5a-bf29-b6340426c2ee", "helicone-status": "success" };

describe("an answer that came from Helicone's proxy", () => {
  it.each([
    ["a message", 200, { ...MARKED, ...JSON_TYPE }],
    ["a stream", 200, { ...MARKED, ...EVENTS }],
    ["Anthropic's refusal for its rate", 429, { ...MARKED, ...JSON_TYPE, "retry-after": "3" }],
    ["Anthropic's 401", 401, { ...MARKED, ...JSON_TYPE }],
    ["Anthropic's 529", 529, { ...MARKED, ...JSON_TYPE }],
    ["the page of a server in front of Anthropic", 502, { ...MARKED, ...HTML }],
  ])("is the upstream's: %s", (_what, status, headers) => {
    expect(originOf(status, headers)).toEqual({ from: "upstream" });
  });

  it.each([
    ["a thrown error with a stack trace", 500, HTML, false],
    ["its API that misses a key", 401, JSON_TYPE, false],
    ["a page of a proxy before it", 502, HTML, false],
    ["a page that claims success", 200, HTML, false],
    ["a marked page that claims success", 200, { ...MARKED, ...HTML }, false],
    ["JSON that is nobody's answer", 200, JSON_TYPE, false],
    ["its body parser, of this request", 400, HTML, true],
    ["its limit for bodies, of this request", 413, HTML, true],
  ])("is Helicone's own: %s", (_what, status, headers, isAboutRequest) => {
    expect(originOf(status, headers)).toMatchObject({ from: "helicone", isAboutRequest });
  });

  it("says of Helicone's own answers what they were", () => {
    expect(originOf(500, HTML)).toMatchObject({ reason: "it answered 500 itself (text/html; charset=utf-8)" });
    expect(originOf(204, {})).toMatchObject({ reason: "it answered 204 itself (of no type)" });
  });

  it.each([
    ["a message", JSON_TYPE, '{"id":"msg_1"', true],
    ["a message after a blank", JSON_TYPE, "\n  {", true],
    ["an event", EVENTS, "event: message_start\ndata: {", true],
    ["a comment of a stream", EVENTS, ": ok\n\n", true],
    ["the first byte of an event", EVENTS, "e", true],
    ["a message of no type", {}, "{", true],
    ["compressed bytes in place of a message", JSON_TYPE, "\x28\xb5\x2f\xfd\x04", false],
    ["compressed bytes in place of a stream", EVENTS, "\x28\xb5\x2f\xfd\x04", false],
    ["a page in place of a message", JSON_TYPE, "<!DOCTYPE html>", false],
    ["a page", HTML, "<!DOCTYPE html>", false],
    ["a sentence", { "content-type": "text/plain" }, "Bad gateway", false],
  ])("of success begins readably, or does not: %s", (_what, headers, text, expected) => {
    expect(isReadable(200, headers, Buffer.from(text, "latin1"))).toBe(expected);
  });

  it("is not judged by its first bytes where it is an error, or says how it is encoded", () => {
    expect(isReadable(529, HTML, Buffer.from("<html>"))).toBe(true);
    expect(isReadable(200, { ...JSON_TYPE, "content-encoding": "gzip" }, Buffer.from([31, 139]))).toBe(true);
  });

  it("keeps the upstream's headers and loses those that were added on the way", () => {
    const upstream = { ...JSON_TYPE, "retry-after": "3", "request-id": "req_1", "anthropic-organization-id": "o" };
    const added = { "x-powered-by": "Express", vary: "Origin", "access-control-allow-credentials": "true" };
    expect(withoutHeliconeHeaders({ ...MARKED, ...upstream, ...added })).toEqual(upstream);
  });
});
