import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { readConfig } from "#config.ts";
import { writeCredentials } from "#helicone/credentials.ts";
import { dashboardObstacle } from "#helicone/dashboard-obstacle.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "credentials-"));
});
afterEach(() => rm(folder, { recursive: true }));

function obstacle(settings: Record<string, string> = {}): string | null {
  const given = { HELICONE_ENABLED: "true", HELICONE_URL: "http://helicone.test", HELICONE_CREDENTIALS_DIR: folder };
  const { helicone, portal } = readConfig({ NODE_ENV: "test", ...given, ...settings });
  return helicone === null ? "off" : dashboardObstacle(helicone, portal.url);
}

it("nothing is in the way of the dashboard where nothing was set, also before Helicone is set up", () => {
  expect(obstacle()).toBeNull();
});

it("a door whose address the portal's session does not reach is said, with the setting", () => {
  expect(obstacle({ NEXTAUTH_URL: "https://a.test", HELICONE_DOOR_URL: "https://b.test" })).toMatch(
    /^HELICONE_DOOR_URL: /,
  );
});

it("keys given by hand leave it without an account, until the bootstrap was run with one", async () => {
  const byHand = { HELICONE_API_KEY: "sk-helicone-by-hand" };
  expect(obstacle(byHand)).toMatch(/npm run helicone:bootstrap -- --email/);
  const portal = { email: "a@b.test", password: "secret-enough", organisationId: "org", apiKey: "sk-rw" };
  await writeCredentials(folder, { portal });
  expect(obstacle(byHand)).toBeNull();
});
