import { describe, expect, it } from "vitest";

import { heliconeHeaders, objectHeaders } from "#door/upstream-headers.ts";

const ORGANISATION = "fd75940e-347c-46b9-b697-c1dfeaa85509";
const OTHER = "22c2af3d-f574-468e-aa93-353795af3ad5";
const identity = { sessionCookie: "better-auth.session_token=theirs", organisationId: ORGANISATION };

function passed(headers: Record<string, string>, cookies: Record<string, string> = {}, isWebSocket = false) {
  return heliconeHeaders(headers, { isWebSocket, identity, cookies });
}

describe("what Helicone is told of a request", () => {
  it("is what its pages need", () => {
    const headers = {
      accept: "application/json",
      "content-type": "application/json",
      "content-length": "2",
      "helicone-authorization": '{"_type":"jwt","token":"x","orgId":"y"}',
      "if-none-match": '"1"',
      "x-nextjs-data": "1",
      "sec-fetch-mode": "cors",
    };
    expect(passed(headers)).toEqual({
      ...headers,
      cookie: `better-auth.session_token=theirs; currentOrgId=${ORGANISATION}`,
    });
  });

  it.each([
    "authorization",
    "proxy-authorization",
    "cookie",
    "host",
    "origin",
    "referer",
    "connection",
    "upgrade",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "expect",
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-real-ip",
    "x-original-url",
    "x-rewrite-url",
    "x-http-method-override",
    "x-method-override",
    "x-middleware-subrequest",
    "helicone-auth",
    "helicone-target-url",
    "helicone-openai-api-base",
    "sec-websocket-key",
    "http2-settings",
  ])("never holds the browser's %s", (name) => {
    expect(Object.values(passed({ [name]: "of-the-browser" }))).not.toContain("of-the-browser");
  });

  it("holds two cookies, whatever the browser has", () => {
    const cookies = {
      "next-auth.session-token": "of-the-portal",
      "better-auth.session_token": "made-up",
      "better-auth.dont_remember": "1",
      currentOrgId: OTHER,
    };
    expect(passed({}, cookies).cookie).toBe(`better-auth.session_token=theirs; currentOrgId=${OTHER}`);
    expect(passed({}, { currentOrgId: "x; better-auth.session_token=made-up" }).cookie).not.toContain("made-up");
  });

  it("names the protocol of a web socket, and only of one", () => {
    const headers = { connection: "upgrade", upgrade: "websocket", "sec-websocket-key": "k", origin: "https://x" };
    expect(passed(headers, {}, true)).toMatchObject({ upgrade: "websocket", "sec-websocket-key": "k" });
    expect(passed(headers, {}, true)).not.toHaveProperty("origin");
    expect(Object.keys(passed(headers))).toEqual(["cookie"]);
  });
});

it("its store of bodies gets the host of the signature, and neither cookie nor credential", () => {
  const headers = {
    cookie: "a=b",
    authorization: "x",
    host: "evil",
    range: "bytes=0-9",
    "helicone-authorization": "x",
  };
  expect(objectHeaders(headers, "door.example:3001")).toEqual({ host: "door.example:3001", range: "bytes=0-9" });
});
