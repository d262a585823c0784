import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { readRequestTarget } from "#door/request-target.ts";

describe("the target of a request", () => {
  it.each([
    ["/", "/", ""],
    ["/dashboard?filter_id=1&t=24h", "/dashboard", "?filter_id=1&t=24h"],
    ["/api/metrics/totalCost/", "/api/metrics/totalCost/", ""],
    ["/_next/static/chunks/pages/%5Bid%5D-1a.js", "/_next/static/chunks/pages/%5Bid%5D-1a.js", ""],
    ["/users/a%40b.example", "/users/a@b.example", ""],
    ["/users/%C3%A9", "/users/%C3%A9", ""],
    ["/v1/g%61teway", "/v1/gateway", ""],
    ["/x?url=//evil.example/..", "/x", "?url=//evil.example/.."],
    ["/a?b?c", "/a", "?b?c"],
  ])("%s is the path %s", (target, path, search) => {
    expect(readRequestTarget(target)).toEqual({ path, search });
  });

  it.each([
    undefined,
    "",
    "*",
    "dashboard",
    "http://helicone:8585/v1/gateway",
    "evil.example:443",
    "//evil.example/",
    "/a//b",
    "/./a",
    "/a/..",
    "/a/../b",
    "/a/%2e%2e/b",
    "/a/.%2E/b",
    "/a%2fb",
    "/a%5Cb",
    "/a\\b",
    "/a%00",
    "/a%0d%0aSet-Cookie:x",
    "/a%252e%252e/b",
    "/a%252fb",
    "/a%25252f",
    "/a%",
    "/a%E0%A4%A",
    "/a#b",
    "/a?b#c",
    "/a?b\\c",
    "/a b",
    "/\u00e9",
    "/a\tb",
    "/a|b",
  ])("%s is refused", (target) => {
    expect(readRequestTarget(target)).toBeNull();
  });

  it("is the same read twice, and never holds a step or an empty part, whatever comes", () => {
    const piece = fc.constantFrom(
      "/",
      "..",
      ".",
      "%2e",
      "%2F",
      "%25",
      "\\",
      "a",
      "%61",
      "?",
      "//",
      "é",
      "\u0000",
      "v1",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const target = readRequestTarget(`/${pieces.join("")}`);
        if (target === null) return;
        expect(readRequestTarget(target.path + target.search)).toEqual(target);
        expect(decodeURIComponent(target.path)).not.toMatch(/\/\/|(^|\/)\.\.?(\/|$)|\\/);
      }),
    );
  });
});
