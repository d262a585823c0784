import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  hashOf,
  isRouted,
  ownEnvironment,
  restoreEnvironment,
  routeEnvironment,
  valueIn,
} from "#agents/adoption-environment.ts";

const ROUTING = {
  variables: { ANTHROPIC_BASE_URL: "http://gateway:8585", DISABLE_AUTOUPDATER: "1" },
  headers: { "X-Trinity-Agent": "tvk_key" },
};
const IMAGE = ["PATH=/bin", "LANG=C.UTF-8"];
const OWN = ["AGENT_NAME=x", "ANTHROPIC_API_KEY=sk-ant", "ANTHROPIC_CUSTOM_HEADERS=X-Team: blue\nX-Other: 1", "LAST=1"];

describe("a container's environment", () => {
  it("gets what routing needs and keeps everything else, in its order", () => {
    const { environment } = routeEnvironment(OWN, IMAGE, ROUTING);
    expect(environment).toEqual([
      "AGENT_NAME=x",
      "ANTHROPIC_API_KEY=sk-ant",
      "ANTHROPIC_CUSTOM_HEADERS=X-Team: blue\nX-Other: 1\nX-Trinity-Agent: tvk_key",
      "LAST=1",
      "ANTHROPIC_BASE_URL=http://gateway:8585",
      "DISABLE_AUTOUPDATER=1",
    ]);
  });

  it("comes back to the letter", () => {
    const { environment, routed } = routeEnvironment(OWN, IMAGE, ROUTING);
    expect(restoreEnvironment(environment, routed)).toEqual(OWN);
  });

  it("comes back with a base URL of its own where routing had taken it out", () => {
    const own = ["A=1", "ANTHROPIC_BASE_URL=http://theirs", "B=2"];
    const { environment, routed } = routeEnvironment(own, IMAGE, { variables: {}, headers: {} });
    expect(environment).toEqual(["A=1", "B=2"]);
    expect(restoreEnvironment(environment, routed)).toEqual(own);
  });

  it("hides a base URL that the image brings", () => {
    const { environment } = routeEnvironment(["A=1"], ["ANTHROPIC_BASE_URL=http://image"], {
      variables: {},
      headers: {},
    });
    expect(environment).toEqual(["A=1", "ANTHROPIC_BASE_URL="]);
  });

  it("comes back whatever it was", () => {
    const name = fc.constantFrom(
      "ANTHROPIC_BASE_URL",
      "ANTHROPIC_CUSTOM_HEADERS",
      "DISABLE_AUTOUPDATER",
      "A",
      "B",
      "C",
    );
    const entries = fc.uniqueArray(fc.tuple(name, fc.string()), { selector: ([key]) => key });
    fc.assert(
      fc.property(entries, fc.boolean(), (pairs, isDirect) => {
        const own = pairs.map(([key, value]) => `${key}=${value}`);
        const routing = isDirect ? { variables: {}, headers: {} } : ROUTING;
        const { environment, routed } = routeEnvironment(own, IMAGE, routing);
        expect(restoreEnvironment(environment, routed)).toEqual(own);
        expect(isRouted(environment, routed)).toBe(true);
      }),
    );
  });

  it("keeps what somebody has changed since, without our header", () => {
    const { environment, routed } = routeEnvironment(OWN, IMAGE, ROUTING);
    const changed = environment.map((entry) =>
      entry
        .replace("ANTHROPIC_BASE_URL=http://gateway:8585", "ANTHROPIC_BASE_URL=http://new")
        .replace("X-Other: 1", "X-Other: 2"),
    );
    const restored = restoreEnvironment(changed, routed);
    expect(valueIn(restored, "ANTHROPIC_BASE_URL")).toBe("http://new");
    expect(valueIn(restored, "ANTHROPIC_CUSTOM_HEADERS")).toBe("X-Team: blue\nX-Other: 2");
  });

  it.each([
    ["the base URL is gone", "ANTHROPIC_BASE_URL=http://gateway:8585", ""],
    ["the base URL is another", "http://gateway:8585", "http://elsewhere"],
    ["the header is gone", "\nX-Trinity-Agent: tvk_key", ""],
    ["the header is another's", "tvk_key", "tvk_other"],
  ])("is no longer routed when %s", (_what, from, to) => {
    const { environment, routed } = routeEnvironment(OWN, IMAGE, ROUTING);
    expect(isRouted(environment, routed)).toBe(true);
    expect(
      isRouted(
        environment.map((entry) => entry.replace(from, to)),
        routed,
      ),
    ).toBe(false);
  });

  it("is still routed when others change their lines and variables", () => {
    const { environment, routed } = routeEnvironment(OWN, IMAGE, ROUTING);
    const changed = environment.map((entry) =>
      entry.replace("X-Team: blue", "X-Team: red").replace("LAST=1", "LAST=2"),
    );
    expect(isRouted(changed, routed)).toBe(true);
  });
});

describe("the container's own part", () => {
  it("leaves out what the image adds", () => {
    expect(ownEnvironment(["A=1", ...IMAGE], IMAGE)).toEqual(["A=1"]);
    expect(ownEnvironment(IMAGE, IMAGE)).toEqual([]);
  });

  it("keeps what the container has otherwise, in any order", () => {
    expect(ownEnvironment(["PATH=/mine", "A=1", "LANG=C.UTF-8"], IMAGE)).toEqual(["PATH=/mine", "A=1"]);
    expect(ownEnvironment(["LANG=C.UTF-8", "A=1", "PATH=/bin"], IMAGE)).toEqual(["LANG=C.UTF-8", "A=1"]);
    expect(ownEnvironment(["PATH=/old", "A=1"], IMAGE)).toEqual(["PATH=/old", "A=1"]);
  });
});

it("values are kept as hashes only where they are ours", () => {
  const { routed } = routeEnvironment(OWN, IMAGE, ROUTING);
  expect(JSON.stringify(routed)).not.toContain("tvk_key");
  expect(routed.find(({ name }) => name === "ANTHROPIC_BASE_URL")?.hash).toBe(hashOf("http://gateway:8585"));
});
