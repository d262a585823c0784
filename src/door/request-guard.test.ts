import { describe, expect, it } from "vitest";

import { objectionTo } from "#door/request-guard.ts";

const DOOR = "https://helicone.example.com";
const OWN = { origin: DOOR };
const statusOf = (method: string, headers: Record<string, string>, door = DOOR) =>
  objectionTo({ method, headers }, door)?.status ?? "passes";

describe("a request", () => {
  it.each([
    ["GET", {}],
    ["HEAD", { origin: "https://evil.example" }],
    ["GET", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }],
    ["GET", { "sec-fetch-site": "same-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" }],
    ["GET", { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" }],
    ["GET", { "content-length": "0" }],
    ["POST", { ...OWN, "content-length": "2", "sec-fetch-site": "same-origin" }],
    ["DELETE", OWN],
    ["POST", { ...OWN, "content-length": "20000000" }],
  ])("%s passes with %j", (method, headers) => {
    expect(statusOf(method, headers as Record<string, string>)).toBe("passes");
  });

  it.each([
    [405, "TRACE", OWN],
    [405, "CONNECT", OWN],
    [405, "OPTIONS", OWN],
    [405, "PROPFIND", OWN],
    [411, "POST", { ...OWN, "transfer-encoding": "chunked" }],
    [411, "GET", { "transfer-encoding": "chunked" }],
    [411, "POST", { ...OWN, "transfer-encoding": "identity", "content-length": "3" }],
    [400, "GET", { "content-length": "3" }],
    [400, "POST", { ...OWN, "content-length": "+3" }],
    [413, "POST", { ...OWN, "content-length": "20000001" }],
    [403, "POST", {}],
    [403, "POST", { origin: "null" }],
    [403, "POST", { origin: "https://llm.example.com" }],
    [403, "POST", { origin: "https://helicone.example.com.evil.example" }],
    [403, "POST", { origin: "https://helicone.example.com:8443" }],
    [403, "DELETE", { origin: "https://evil.example", host: "evil.example" }],
    [403, "POST", { ...OWN, "sec-fetch-site": "same-site" }],
    [403, "GET", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
    [403, "GET", { "sec-fetch-site": "same-site", "sec-fetch-mode": "cors" }],
  ])("is refused with %i: %s %j", (status, method, headers) => {
    expect(statusOf(method, headers as Record<string, string>)).toBe(status);
  });

  it("may come by any loopback name to a door on this machine, as long as page and address agree", () => {
    const local = { origin: "http://127.0.0.1:3001", host: "127.0.0.1:3001" };
    expect(statusOf("POST", local, "http://localhost:3001")).toBe("passes");
    expect(statusOf("POST", { ...local, host: "localhost:3001" }, "http://localhost:3001")).toBe(403);
    expect(statusOf("POST", local, DOOR)).toBe(403);
  });
});
