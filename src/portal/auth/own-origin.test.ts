import { describe, expect, it } from "vitest";

import { requireOwnOrigin } from "#portal/auth/own-origin.ts";

const check = (portalUrl: string, headers: Record<string, string>) => () =>
  requireOwnOrigin(new Headers(headers), portalUrl);

describe("a request that changes something", () => {
  it.each([
    ["https://llm.example.com", { origin: "https://llm.example.com" }],
    ["https://llm.example.com/", { origin: "https://llm.example.com" }],
    ["http://localhost:3000", { origin: "http://localhost:3000", host: "localhost:3000" }],
    ["http://localhost:3000", { origin: "http://127.0.0.1:3000", host: "127.0.0.1:3000" }],
  ])("passes at %s with %j", (portalUrl, headers) => {
    expect(check(portalUrl, headers)).not.toThrow();
  });

  it.each([
    ["https://llm.example.com", {}],
    ["https://llm.example.com", { origin: "null" }],
    ["https://llm.example.com", { origin: "http://llm.example.com" }],
    ["https://llm.example.com", { origin: "https://llm.example.com:8443" }],
    ["https://llm.example.com", { origin: "https://llm.example.com.evil.example" }],
    ["https://llm.example.com", { origin: "https://evil.example", host: "evil.example" }],
    ["https://llm.example.com", { origin: "http://localhost:3000", host: "localhost:3000" }],
    ["http://localhost:3000", { origin: "http://localhost:3001", host: "localhost:3000" }],
    ["http://localhost:3000", { origin: "http://127.0.0.1:3000", host: "localhost:3000" }],
    ["http://localhost:3000", { origin: "http://rebound.example:3000", host: "rebound.example:3000" }],
  ])("is refused at %s with %j", (portalUrl, headers) => {
    expect(check(portalUrl, headers as Record<string, string>)).toThrow(/Open https?:\/\/\S+ and try there/);
  });
});
