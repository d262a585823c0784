import { describe, expect, it } from "vitest";

import { findRoute } from "#gateway/routes.ts";

describe("what is served", () => {
  it.each([
    ["POST", "/v1/messages", "messages", "/v1/messages"],
    ["POST", "/v1/messages?beta=true", "messages", "/v1/messages?beta=true"],
    ["POST", "/v1/v1/messages?beta=true", "messages", "/v1/messages?beta=true"],
    ["POST", "/v1/messages/count_tokens?beta=true", "count_tokens", "/v1/messages/count_tokens?beta=true"],
    ["GET", "/v1/models?limit=1000", "models", "/v1/models?limit=1000"],
    ["GET", "/v1/models/claude-opus-5-5", "models", "/v1/models/claude-opus-5-5"],
    ["GET", "/v1/models/us.anthropic.claude:0@x", "models", "/v1/models/us.anthropic.claude:0@x"],
  ])("%s %s", (method, url, kind, path) => {
    expect(findRoute(method, url)).toEqual({ kind, path, keyInPath: null });
  });

  it("the key in front of the path is taken off it", () => {
    expect(findRoute("POST", "/a/tvk_x/v1/messages?beta=true")).toEqual({
      kind: "messages",
      path: "/v1/messages?beta=true",
      keyInPath: "tvk_x",
    });
    expect(findRoute("POST", "/a/tvk_x/v1/v1/messages")).toMatchObject({ kind: "messages", keyInPath: "tvk_x" });
  });

  it("a probe needs no key and no path", () => {
    for (const url of ["/", "/v1", "/anything?x"]) expect(findRoute("HEAD", url)).toEqual({ kind: "probe" });
    expect(findRoute("GET", "/healthz")).toEqual({ kind: "health" });
  });
});

describe("what is not served is unknown, and so never forwarded", () => {
  it.each([
    ["GET", "/"],
    ["GET", "/v1/messages"],
    ["PUT", "/v1/messages"],
    ["OPTIONS", "/v1/messages"],
    ["POST", "/v1/messages/"],
    ["POST", "//v1/messages"],
    ["POST", "/v1//messages"],
    ["POST", "/V1/messages"],
    ["POST", "/v1/messages/../messages"],
    ["POST", "/v1/x/../messages"],
    ["POST", "/v1/%2e%2e/v1/messages"],
    ["POST", "/v1/messages%2fbatches"],
    ["POST", "/v1%2Fmessages"],
    ["POST", "/v1/messages;x=1"],
    ["POST", "/v1/messages#x"],
    ["POST", "/v1/messages\\"],
    ["POST", "http://elsewhere.example/v1/messages"],
    ["POST", "*"],
    ["POST", ""],
    ["POST", "/v1/messages/batches"],
    ["GET", "/v1/messages/batches"],
    ["POST", "/v1/complete"],
    ["POST", "/v1/files"],
    ["GET", "/v1/files"],
    ["POST", "/v1/models"],
    ["GET", "/v1/models/.."],
    ["GET", "/v1/models/."],
    ["GET", "/v1/models/../messages/batches"],
    ["GET", "/v1/models/%2e%2e"],
    ["GET", "/v1/models/a/b"],
    ["GET", "/v1/organizations/usage_report/messages"],
    ["POST", "/api/event_logging/batch"],
    ["POST", "/v1/v1/v1/messages"],
    ["POST", "/a/v1/messages"],
    ["POST", "/a/tvk_x"],
    ["POST", "/a/tvk_x/a/tvk_y/v1/messages"],
    ["POST", "/a/tvk_x//v1/messages"],
    ["POST", "/A/tvk_x/v1/messages"],
  ])("%s %s", (method, url) => {
    expect(findRoute(method, url)).toEqual({ kind: "unknown" });
  });
});
