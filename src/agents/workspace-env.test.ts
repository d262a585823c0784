import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { hasBaseUrl, keyInBaseUrl, withBaseUrl, withoutBaseUrl } from "#agents/workspace-env.ts";

const KEY = `tvk_${"k".repeat(43)}`;
const URL = `http://gateway:8585/a/${KEY}`;

describe("the .env file of a workspace", () => {
  it.each([
    ["", `ANTHROPIC_BASE_URL=${URL}\n`],
    ["A=1\n", `A=1\nANTHROPIC_BASE_URL=${URL}\n`],
    ["A=1", `A=1\nANTHROPIC_BASE_URL=${URL}`],
    ["A=1\nexport ANTHROPIC_BASE_URL = http://x\nB=2\n", `A=1\nB=2\nANTHROPIC_BASE_URL=${URL}\n`],
  ])("%j gets the one line", (before, after) => {
    const { text, routed } = withBaseUrl(before, URL);
    expect(text).toBe(after);
    expect(hasBaseUrl(text, routed)).toBe(true);
    expect(keyInBaseUrl(text)).toBe(KEY);
    expect(withoutBaseUrl(text, routed)).toBe(before);
  });

  it("comes back to the letter, whatever it was", () => {
    const line = fc.oneof(
      fc.string().filter((text) => !text.includes("\n")),
      fc.constantFrom(
        "ANTHROPIC_BASE_URL=http://x",
        " export ANTHROPIC_BASE_URL=",
        "A=1",
        "# ANTHROPIC_BASE_URL=y",
        "",
      ),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const before = lines.join("\n");
        const { text, routed } = withBaseUrl(before, URL);
        expect(withoutBaseUrl(text, routed)).toBe(before);
      }),
    );
  });

  it("is not routed any more when somebody else sets the address, which then stays", () => {
    const { text, routed } = withBaseUrl("A=1\n", URL);
    const changed = `${text}ANTHROPIC_BASE_URL=http://elsewhere\n`;
    expect(hasBaseUrl(changed, routed)).toBe(false);
    expect(withoutBaseUrl(changed, routed)).toBe("A=1\nANTHROPIC_BASE_URL=http://elsewhere\n");
    expect(hasBaseUrl("A=1\n", routed)).toBe(false);
    expect(hasBaseUrl("", routed)).toBe(false);
  });

  it("keeps the key out of what is stored", () => {
    expect(JSON.stringify(withBaseUrl("", URL).routed)).not.toContain(KEY);
  });
});
