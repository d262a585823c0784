import { describe, expect, it } from "vitest";

import { readConfig } from "#config.ts";
import { describeStart } from "#supervisor/start-message.ts";

const config = readConfig({ NODE_ENV: "test", DATA_DIR: "/data", PORTAL_PORT: "3007", GATEWAY_PORT: "8007" });

describe("what the terminal says after a start", () => {
  it("is where to go, how to claim the first admin, and what to do next", () => {
    const text = describeStart(config, {
      setupLink: "http://localhost:3007/welcome#token",
      demoLines: [],
      isUpstreamScripted: false,
    }).join("\n");
    expect(text).toContain("Portal    http://localhost:3007");
    expect(text).toContain("Gateway   http://127.0.0.1:8007");
    expect(text).toContain("Set-up    http://localhost:3007/welcome#token");
    expect(text).toContain("Next: open the set-up link");
    expect(text.split("\n").length).toBeLessThanOrEqual(10);
  });

  it("has no set-up link once somebody has an account", () => {
    const text = describeStart(config, { setupLink: undefined, demoLines: [], isUpstreamScripted: false }).join("\n");
    expect(text).not.toContain("welcome");
    expect(text).toContain("Next: create an agent");
  });

  it("says where Helicone's pages are, where there is one", () => {
    const started = { setupLink: undefined, demoLines: [], isUpstreamScripted: false };
    expect(describeStart(config, started).join("\n")).not.toContain("Helicone");
    const on = { NODE_ENV: "test", HELICONE_ENABLED: "true", HELICONE_URL: "http://helicone:8585" } as const;
    expect(describeStart(readConfig(on), started).join("\n")).toContain(
      "Helicone  http://localhost:3001  (for admins)",
    );
  });

  it("says that it is a demo, and how to sign in there", () => {
    const demo = readConfig({ NODE_ENV: "test", TRINITY_DEMO: "1" });
    const text = describeStart(demo, {
      setupLink: undefined,
      demoLines: ["Sign in   a@example.com / secret"],
      isUpstreamScripted: true,
    }).join("\n");
    expect(text).toContain("with demo data");
    expect(text).toContain("  Sign in   a@example.com / secret");
  });
});
