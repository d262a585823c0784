import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type RoutingVariables, routingVariables } from "#agents/agent-environment.ts";
import { hasLostRouting, planRouting, previewChange, undoRouting } from "#agents/agent-environment-plan.ts";

const KEY = `tvk_${"k".repeat(43)}`;
const agent = { name: "bot", ownerId: null, type: null, template: null, virtualKey: KEY };
const settings = { gatewayUrl: "http://gateway:8585", helicone: null, otlp: null };
const PASSTHROUGH = routingVariables(agent, { routing: "gateway", keyMode: "passthrough" }, settings);
const VIRTUAL = routingVariables(agent, { routing: "gateway", keyMode: "virtual" }, settings);
const DIRECT = routingVariables(agent, { routing: "direct", keyMode: "passthrough" }, settings);

const TRINITY = [
  "AGENT_NAME=bot",
  "ANTHROPIC_API_KEY=sk-ant-own",
  "ANTHROPIC_CUSTOM_HEADERS=X-Team: red\nX-Cost: 7",
  "GITHUB_PAT=ghp_secret",
  "TRINITY_AGENT_AUTH_TOKEN=abcdef",
];

describe("planning the routing of a container", () => {
  it("changes our variables only, keeps foreign lines and the order, and adds at the end", () => {
    const { next, changes } = planRouting(TRINITY, PASSTHROUGH);
    expect(next).toEqual([
      "AGENT_NAME=bot",
      "ANTHROPIC_API_KEY=sk-ant-own",
      `ANTHROPIC_CUSTOM_HEADERS=X-Team: red\nX-Cost: 7\nX-Trinity-Agent: ${KEY}`,
      "GITHUB_PAT=ghp_secret",
      "TRINITY_AGENT_AUTH_TOKEN=abcdef",
      "ANTHROPIC_BASE_URL=http://gateway:8585",
      "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1",
      "DISABLE_AUTOUPDATER=1",
      "CLAUDE_CODE_GATEWAY_HINT_HEADERS=1",
    ]);
    expect(changes.map((change) => change.name)).toEqual([
      "ANTHROPIC_BASE_URL",
      "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
      "DISABLE_AUTOUPDATER",
      "CLAUDE_CODE_GATEWAY_HINT_HEADERS",
      "ANTHROPIC_CUSTOM_HEADERS",
    ]);
  });

  it("finds nothing to do where everything is as it should be", () => {
    const { next } = planRouting(TRINITY, PASSTHROUGH);
    expect(planRouting(next, PASSTHROUGH)).toEqual({ next, changes: [] });
  });

  it("takes a base URL away where routing has none, however often it is there", () => {
    const environment = ["A=1", "ANTHROPIC_BASE_URL=http://x", "B=2", "ANTHROPIC_BASE_URL=http://y", "C=3"];
    const { next, changes } = planRouting(environment, DIRECT);
    expect(next.slice(0, 3)).toEqual(["A=1", "B=2", "C=3"]);
    expect(undoRouting(next, changes)).toEqual(environment);
  });

  it("leaves alone what only looks like ours", () => {
    const environment = ["ANTHROPIC_BASE_URL", "ANTHROPIC_BASE_URL_OLD=x", "=", ""];
    const { next, changes } = planRouting(environment, PASSTHROUGH);
    expect(next.slice(0, 4)).toEqual(environment);
    expect(undoRouting(next, changes)).toEqual(environment);
  });
});

describe("taking the routing back", () => {
  it("keeps what others have changed since", () => {
    const { next, changes } = planRouting(TRINITY, PASSTHROUGH);
    const later = next.map((entry) => {
      if (entry.startsWith("ANTHROPIC_CUSTOM_HEADERS=")) return `${entry.replace("X-Cost: 7", "X-Cost: 9")}\nX-New: 1`;
      return entry.startsWith("ANTHROPIC_BASE_URL=") ? "ANTHROPIC_BASE_URL=http://theirs" : entry;
    });
    expect(undoRouting(later, changes)).toEqual([
      "AGENT_NAME=bot",
      "ANTHROPIC_API_KEY=sk-ant-own",
      "ANTHROPIC_CUSTOM_HEADERS=X-Team: red\nX-Cost: 9\nX-New: 1",
      "GITHUB_PAT=ghp_secret",
      "TRINITY_AGENT_AUTH_TOKEN=abcdef",
      "ANTHROPIC_BASE_URL=http://theirs",
    ]);
  });

  it("puts an earlier line of the same header back", () => {
    const environment = ["ANTHROPIC_CUSTOM_HEADERS=X-Trinity-Agent: tvk_of-another"];
    const { next, changes } = planRouting(environment, PASSTHROUGH);
    const later = next.map((entry) => entry.replace(KEY, `${KEY}\nX-New: 1`));
    expect(undoRouting(later, changes)).toEqual(["ANTHROPIC_CUSTOM_HEADERS=X-Trinity-Agent: tvk_of-another\nX-New: 1"]);
  });
});

describe("a routed agent", () => {
  const routed = planRouting(TRINITY, PASSTHROUGH).next;
  const drop = (name: string) => routed.filter((entry) => !entry.startsWith(`${name}=`));

  it.each<[string, readonly string[], RoutingVariables, boolean]>([
    ["as planned", routed, PASSTHROUGH, false],
    ["as planned, in virtual mode", planRouting(TRINITY, VIRTUAL).next, VIRTUAL, false],
    ["without a switch", drop("DISABLE_AUTOUPDATER"), PASSTHROUGH, false],
    ["without its address", drop("ANTHROPIC_BASE_URL"), PASSTHROUGH, true],
    ["with another address last", [...routed, "ANTHROPIC_BASE_URL=http://x"], PASSTHROUGH, true],
    ["without its header", drop("ANTHROPIC_CUSTOM_HEADERS"), PASSTHROUGH, true],
    ["with an old key", routed.map((entry) => entry.replace(KEY, "tvk_old")), PASSTHROUGH, true],
    ["with another token", [...planRouting(TRINITY, VIRTUAL).next, "ANTHROPIC_AUTH_TOKEN=x"], VIRTUAL, true],
    ["that was never to be routed", TRINITY, DIRECT, false],
  ])("%s", (_, environment, desired, hasLost) => {
    expect(hasLostRouting(environment, desired)).toBe(hasLost);
  });
});

describe("the preview", () => {
  it("shows addresses and switches, and of what may be secret only that it is there", () => {
    const environment = [...TRINITY, "ANTHROPIC_BASE_URL=http://u:p@old", "ANTHROPIC_AUTH_TOKEN=old-secret"];
    const shown = planRouting(environment, {
      ...PASSTHROUGH,
      variables: { ...PASSTHROUGH.variables, ...VIRTUAL.variables },
    }).changes.map(previewChange);
    expect(shown).toContainEqual({ name: "ANTHROPIC_BASE_URL", before: "•••", after: "http://gateway:8585" });
    expect(shown).toContainEqual({ name: "ANTHROPIC_AUTH_TOKEN", before: "•••", after: "•••" });
    expect(shown).toContainEqual({
      name: "ANTHROPIC_CUSTOM_HEADERS",
      before: "X-Team: •••\nX-Cost: •••",
      after: "X-Team: •••\nX-Cost: •••\nX-Trinity-Agent: •••",
    });
    expect(JSON.stringify(shown)).not.toMatch(/tvk_|secret|red|u:p/);
  });
});

const line = fc.constantFrom(
  "X-Team: red",
  "x-trinity-agent: tvk_other",
  "no colon",
  "",
  "X-Trinity-Agent:",
  "A: b:c\r",
);
const headers = fc.array(line, { maxLength: 4 }).map((lines) => `ANTHROPIC_CUSTOM_HEADERS=${lines.join("\n")}`);
const entry = fc.oneof(
  headers,
  fc.constantFrom("ANTHROPIC_BASE_URL=http://gateway:8585", "ANTHROPIC_BASE_URL=http://x", "ANTHROPIC_BASE_URL"),
  fc.constantFrom(
    "DISABLE_AUTOUPDATER=1",
    "DISABLE_AUTOUPDATER=0",
    `ANTHROPIC_AUTH_TOKEN=${KEY}`,
    "ANTHROPIC_AUTH_TOKEN=x",
  ),
  fc.tuple(fc.constantFrom("A", "B", "PATH", ""), fc.string()).map(([name, value]) => `${name}=${value}`),
  fc.string(),
);
const environments = fc.array(entry, { maxLength: 12 });
const wishes = fc.constantFrom(PASSTHROUGH, VIRTUAL, DIRECT);
const OURS = /^(ANTHROPIC_(BASE_URL|AUTH_TOKEN|CUSTOM_HEADERS)|CLAUDE_CODE_[A-Z_]+|DISABLE_AUTOUPDATER)=/;
const foreign = (list: readonly string[]) => list.filter((candidate) => !OURS.test(candidate));

describe("for any environment whatever", () => {
  it("planning and undoing gives it back", () => {
    fc.assert(
      fc.property(environments, wishes, (environment, desired) => {
        const { next, changes } = planRouting(environment, desired);
        expect(undoRouting(next, changes)).toEqual(environment);
      }),
      { numRuns: 2_000 },
    );
  });

  it("foreign entries stay in their order, and the plan is complete after one go", () => {
    fc.assert(
      fc.property(environments, wishes, (environment, desired) => {
        const { next } = planRouting(environment, desired);
        expect(foreign(next)).toEqual(foreign(environment));
        expect(planRouting(next, desired).changes).toEqual([]);
        expect(hasLostRouting(next, desired)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it("undoing what somebody has shuffled never loses a foreign entry or leaves our key behind", () => {
    fc.assert(
      fc.property(environments, fc.array(fc.nat(), { maxLength: 20 }), (environment, order) => {
        const { next, changes } = planRouting(environment, PASSTHROUGH);
        const shuffled = next
          .map((candidate, index) => ({ candidate, rank: order[index] ?? index }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ candidate }) => candidate);
        const undone = undoRouting(shuffled, changes);
        expect(foreign(undone).sort()).toEqual(foreign(environment).sort());
        expect(undone.join("\n")).not.toContain(`X-Trinity-Agent: ${KEY}`);
      }),
      { numRuns: 2_000 },
    );
  });
});
