import { describe, expect, it } from "vitest";

import { type AnswerOrigin, answerHeaders, leadsAway } from "#door/answer-headers.ts";

const ORIGIN: AnswerOrigin = {
  from: "web",
  upstreamUrl: "http://helicone:3000",
  doorUrl: "https://helicone.example.com",
  portalUrl: "https://llm.example.com/",
  path: "/requests",
};
const answer = (headers: Record<string, string | string[]>, origin: Partial<AnswerOrigin> = {}) =>
  answerHeaders(headers, { ...ORIGIN, ...origin });

describe("an answer of Helicone", () => {
  it.each([
    "set-cookie",
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "clear-site-data",
    "connection",
    "keep-alive",
    "refresh",
    "transfer-encoding",
    "server",
    "x-powered-by",
    "service-worker-allowed",
    "strict-transport-security",
    "www-authenticate",
    "alt-svc",
    "link",
    "x-frame-options",
  ])("reaches the browser without its %s", (name) => {
    expect(answer({ [name]: name === "set-cookie" ? ["a=b"] : "x" })).not.toHaveProperty(name);
  });

  it("is framed by the portal only, beside whatever policy it has", () => {
    expect(answer({})["content-security-policy"]).toEqual(["frame-ancestors https://llm.example.com"]);
    expect(answer({ "content-security-policy": "object-src 'none'" })["content-security-policy"]).toEqual([
      "object-src 'none'",
      "frame-ancestors https://llm.example.com",
    ]);
  });

  it("is kept by nobody, except for the program's files, by the browser", () => {
    expect(answer({ "cache-control": "public, max-age=60" })["cache-control"]).toBe("private, no-store");
    const asset = answer(
      { "cache-control": "public, s-maxage=9, max-age=31536000, immutable" },
      { path: "/_next/static/a.js" },
    );
    expect(asset["cache-control"]).toBe("private, max-age=31536000, immutable");
    expect(answer({}, { path: "/static/logo.svg" })["cache-control"]).toBe("private, max-age=0");
    expect(answer({ "cache-control": "public" }, { path: "/_next/data/1/requests.json" })["cache-control"]).toBe(
      "private, no-store",
    );
  });

  it("of its store of bodies can do nothing in a browser", () => {
    const body = answer({ "content-type": "text/html" }, { from: "objects", path: "/request-response-storage/a" });
    expect(body).toMatchObject({
      "content-security-policy": "sandbox; default-src 'none'",
      "content-disposition": "attachment",
      "x-content-type-options": "nosniff",
    });
  });

  it.each([
    ["/dashboard?a=1#b", "/dashboard?a=1#b"],
    ["details", "/details"],
    ["http://helicone:3000/users/x", "/users/x"],
    ["https://helicone.example.com/dashboard", "/dashboard"],
    ["http://helicone:3000//evil.example/", "/evil.example/"],
    ["http://helicone:3000/\\evil.example", "/evil.example"],
  ])("that sends to %s sends to %s of the door", (location, path) => {
    expect(answer({ location }).location).toBe(path);
    expect(leadsAway({ location }, ORIGIN)).toBe(false);
  });

  it("tells Helicone's browser code to go to no other place either", () => {
    expect(answer({ "x-nextjs-redirect": "/users/x" })["x-nextjs-redirect"]).toBe("/users/x");
    for (const name of ["x-nextjs-redirect", "x-nextjs-rewrite"]) {
      expect(answer({ [name]: "https://evil.example" })).not.toHaveProperty(name);
    }
  });

  it("of its API sends to its API", () => {
    const origin = { from: "api", upstreamUrl: "http://helicone:8585", path: "/jawn/v1/filter" } as const;
    expect(answer({ location: "/v1/filter/" }, origin).location).toBe("/jawn/v1/filter/");
  });

  it.each([
    "https://us.helicone.ai/signin",
    "//evil.example/",
    "/\\evil.example",
    "https:evil.example",
    "http://helicone:3001/",
    "http://helicone:3000@evil.example/",
    "javascript:alert(1)",
    "http://[",
  ])("sends nobody to %s", (location) => {
    expect(answer({ location })).not.toHaveProperty("location");
    expect(leadsAway({ location }, ORIGIN)).toBe(true);
  });
});
