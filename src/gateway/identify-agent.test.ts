import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { identifyAgent, type KnownAgent } from "#gateway/identify-agent.ts";

const KEY = `tvk_${"a".repeat(43)}`;
const OTHER_KEY = `tvk_${"b".repeat(43)}`;
const AGENT: KnownAgent = {
  id: 7,
  name: "a7",
  ownerId: null,
  type: null,
  budgets: [],
  pausedAt: null,
  rateLimit: null,
  isRemoved: false,
};

function hashOf(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

const AGENTS = new Map([
  [hashOf(KEY), AGENT],
  [hashOf(OTHER_KEY), { ...AGENT, id: 8, name: "a8" }],
]);

function identify(rawHeaders: readonly string[], keyInPath: string | null = null) {
  return identifyAgent({ rawHeaders, keyInPath }, (hash) => AGENTS.get(hash));
}

describe("an agent is known by its virtual key", () => {
  it.each([
    ["as the bearer token", ["Authorization", `Bearer ${KEY}`], null, "credential"],
    ["with the scheme in any spelling", ["AUTHORIZATION", `bEARER   ${KEY}`], null, "credential"],
    ["as the API key", ["x-api-key", KEY], null, "credential"],
    ["in both at once, when they agree", ["x-api-key", KEY, "authorization", `Bearer ${KEY}`], null, "credential"],
    ["repeated in one header", ["x-api-key", KEY, "X-Api-Key", KEY], null, "credential"],
    ["in the agents' header", ["X-Trinity-Agent", KEY], null, "beside"],
    ["in the path", ["accept", "*/*"], KEY, "beside"],
  ])("%s", (_where, headers, keyInPath, keyArrivedAs) => {
    expect(identify(headers, keyInPath)).toMatchObject({ outcome: "identified", agent: AGENT, keyArrivedAs });
  });
});

describe("nobody is let in", () => {
  it.each([
    ["without any key", []],
    ["with an empty one", ["authorization", "Bearer ", "x-api-key", ""]],
    ["with an empty agents' header", ["x-trinity-agent", ""]],
    ["with a key for Anthropic alone", ["x-api-key", "sk-ant-api03-real"]],
    ["with a key nobody has", ["x-api-key", `tvk_${"c".repeat(43)}`]],
    [
      "with the key in a header that is not for it",
      ["x-custom", KEY, "cookie", `key=${KEY}`, "proxy-authorization", KEY],
    ],
    [
      "with the key as the user of a basic login",
      ["authorization", `Basic ${Buffer.from(`${KEY}:`).toString("base64")}`],
    ],
    ["with two different keys in two headers", ["x-api-key", KEY, "authorization", `Bearer ${OTHER_KEY}`]],
    ["with two different keys in a repeated header", ["x-api-key", KEY, "x-api-key", OTHER_KEY]],
    ["with a valid key beside one that is not", ["x-api-key", KEY, "x-trinity-agent", "tvk_"]],
    ["with two keys in one header, after a comma", ["authorization", `Bearer ${KEY}, Bearer ${OTHER_KEY}`]],
    ["with one key twice in one header", ["x-api-key", `${KEY},${KEY}`]],
    ["with something behind the key", ["x-api-key", `${KEY}x`]],
    ["with something before the key", ["x-api-key", `key ${KEY}`]],
    ["with half a key", ["x-api-key", KEY.slice(0, 20)]],
    ["with the key in other letters", ["x-api-key", KEY.toUpperCase()]],
  ])("%s", (_how, headers) => {
    expect(identify(headers)).toMatchObject({ outcome: "unknown" });
  });

  it("with one key in the path and another in a header", () => {
    expect(identify(["x-api-key", KEY], OTHER_KEY)).toMatchObject({ outcome: "unknown" });
  });

  it("and the reason never repeats what was sent", () => {
    const secret = `tvk_${"s".repeat(43)}`;
    const answer = identify(["x-api-key", secret, "authorization", "Bearer sk-ant-secret"]);
    expect(JSON.stringify(answer)).not.toMatch(/sss|sk-ant/);
  });
});

describe("the agent's own credential", () => {
  it("is kept beside the key, each in the header it came in", () => {
    const headers = ["X-Trinity-Agent", KEY, "authorization", "Bearer sk-ant-oat01-x", "X-Api-Key", "sk-ant-api03-y"];
    expect(identify(headers)).toMatchObject({
      keyArrivedAs: "beside",
      ownCredentials: [
        { header: "authorization", value: "Bearer sk-ant-oat01-x" },
        { header: "x-api-key", value: "sk-ant-api03-y" },
      ],
    });
  });

  it("is never a virtual key, not even a broken one: those must not reach the upstream", () => {
    const broken = ["x-trinity-agent", KEY, "x-api-key", `${OTHER_KEY}, ${OTHER_KEY}`];
    expect(identify(broken)).toMatchObject({ outcome: "unknown" });
  });

  it("may contain the letters of the prefix by chance", () => {
    const headers = ["x-trinity-agent", KEY, "authorization", "Bearer sk-ant-oat01-Qtvk_9"];
    expect(identify(headers)).toMatchObject({ outcome: "identified", ownCredentials: [{ header: "authorization" }] });
  });
});
