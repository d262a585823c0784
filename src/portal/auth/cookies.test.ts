import { describe, expect, it } from "vitest";

import { cookiesOf } from "#portal/auth/cookies.ts";

const parse = (cookie: string) => cookiesOf(new Headers({ cookie }));

describe("the cookies of a request", () => {
  it("are read by name, decoded, blanks around them left out", () => {
    expect(parse("a=1; b=x%20y;c=d=e")).toEqual({ a: "1", b: "x y", c: "d=e" });
  });

  it("keep the first of a name that comes twice, so that a later one cannot replace it", () => {
    expect(parse("a=1; a=2")).toEqual({ a: "1" });
  });

  it("are what they are when they are broken", () => {
    expect(parse("a=%E0%A4%A; novalue; =nameless; ;__proto__=x")).toEqual(
      Object.fromEntries([
        ["a", "%E0%A4%A"],
        ["__proto__", "x"],
      ]),
    );
  });

  it("are none without the header", () => {
    expect(cookiesOf(new Headers())).toEqual({});
  });
});
