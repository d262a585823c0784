import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { AGENT_NAME_PATTERN, agentNameProblem, maySeeAgent } from "#domain/agent.ts";

describe("agentNameProblem", () => {
  it.each(["a", "0", "a1", "research-bot", "a-", "a--b", "x".repeat(63)])("accepts %j", (name) => {
    expect(agentNameProblem(name)).toBeNull();
  });

  it.each([
    "",
    "-a",
    "A",
    "a_b",
    "a b",
    "a.b",
    "ä",
    "代理",
    "a\n",
    "a/b",
    "a,b",
    "a=b",
    "../a",
    "a\0",
    "x".repeat(64),
    "😀",
  ])("says what is wrong with %j", (name) => {
    expect(agentNameProblem(name)).toMatch(/^[A-Z].*\.$/);
  });

  it("what it accepts is safe in a header, a URL, a file name and an OTEL attribute", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 70 }), fc.stringMatching(AGENT_NAME_PATTERN)), (name) => {
        if (agentNameProblem(name) !== null) return;
        expect(encodeURIComponent(name)).toBe(name);
        expect(new URL(`http://gateway/agents/${name}/x`).pathname).toBe(`/agents/${name}/x`);
        expect(name).not.toMatch(/[\s,=;:"'\\]/);
      }),
    );
  });
});

describe("maySeeAgent", () => {
  const owner = { userId: "u1", name: "Ada", role: "owner" as const };
  const admin = { userId: "u2", name: "Bob", role: "admin" as const };

  it("owners see their own agents, and no others", () => {
    expect(maySeeAgent(owner, { ownerId: "u1" })).toBe(true);
    expect(maySeeAgent(owner, { ownerId: "u2" })).toBe(false);
    expect(maySeeAgent(owner, { ownerId: null })).toBe(false);
  });

  it("admins see every agent, also one that nobody owns", () => {
    for (const ownerId of ["u1", "u2", null]) expect(maySeeAgent(admin, { ownerId })).toBe(true);
  });
});
