import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, it, vi } from "vitest";

import {
  readAgentWriteKey,
  readGatewayCredentials,
  readPortalCredentials,
  writeCredentials,
} from "#helicone/credentials.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "credentials-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const GATEWAY = { writeKey: "pk-w", logKey: "sk-log" };
const PORTAL = { email: "a@b.test", password: "secret-enough", organisationId: "org", apiKey: "sk-rw" };
const sources = (given: { writeKey?: string; apiKey?: string } = {}) => ({
  credentialsDir: folder,
  writeKey: given.writeKey,
  apiKey: given.apiKey,
});

it("there are none before Helicone is set up, and they are found afterwards", async () => {
  expect([readGatewayCredentials(sources()), readPortalCredentials(sources())]).toEqual([null, null]);
  await writeCredentials(folder, { gateway: GATEWAY, portal: PORTAL });
  const { apiKey, ...account } = PORTAL;
  expect(readGatewayCredentials(sources())).toEqual(GATEWAY);
  expect(readPortalCredentials(sources())).toEqual({ apiKey, account });
});

it("each file is readable by its owner only, in a folder of its own", async () => {
  await writeCredentials(folder, { gateway: GATEWAY, portal: PORTAL });
  for (const name of ["gateway/gateway.json", "portal/portal.json"]) {
    expect((await stat(path.join(folder, name))).mode & 0o777).toBe(0o600);
  }
});

it("a process that is given its own folder finds its file there", async () => {
  await writeCredentials(folder, { gateway: GATEWAY });
  const own = { ...sources(), credentialsDir: path.join(folder, "gateway") };
  expect(readGatewayCredentials(own)).toEqual(GATEWAY);
  expect(readPortalCredentials(own)).toBeNull();
});

it("agents that go straight to Helicone get the write key, whichever folder the portal sees", async () => {
  expect(readAgentWriteKey(sources())).toBeNull();
  await writeCredentials(folder, { gateway: GATEWAY, portal: { ...PORTAL, writeKey: GATEWAY.writeKey } });
  expect(readAgentWriteKey(sources())).toBe("pk-w");
  expect(readAgentWriteKey({ ...sources(), credentialsDir: path.join(folder, "portal") })).toBe("pk-w");
  expect(readAgentWriteKey(sources({ writeKey: "by-hand" }))).toBe("by-hand");
  await writeCredentials(folder, { portal: PORTAL }); // as an earlier version left it
  expect(readAgentWriteKey(sources())).toBe("pk-w");
});

it("the settings win, key by key", async () => {
  await writeCredentials(folder, { gateway: GATEWAY, portal: PORTAL });
  expect(readGatewayCredentials(sources({ writeKey: "by-hand" }))).toEqual({ writeKey: "by-hand", logKey: "by-hand" });
  expect(readPortalCredentials(sources({ apiKey: "by-hand" }))).toMatchObject({
    apiKey: "by-hand",
    account: { email: PORTAL.email },
  });
});

it("asked for every call, a file is read once a second", async () => {
  await writeCredentials(folder, { gateway: GATEWAY });
  expect(readGatewayCredentials(sources())).toEqual(GATEWAY);
  const file = path.join(folder, "gateway/gateway.json");
  await writeFile(file, JSON.stringify({ ...GATEWAY, writeKey: "pk-new" }));
  expect(readGatewayCredentials(sources())).toEqual(GATEWAY);
  const later = performance.now() + 1_000;
  vi.spyOn(performance, "now").mockReturnValue(later);
  expect(readGatewayCredentials(sources())?.writeKey).toBe("pk-new");
});

it("a file that is half written is none", async () => {
  await writeFile(path.join(folder, "gateway.json"), '{"writeKey":"pk');
  expect(readGatewayCredentials(sources())).toBeNull();
});
