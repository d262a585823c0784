import { afterAll, beforeEach, expect, it } from "vitest";

import { createHeliconeClient } from "#helicone/helicone-client.ts";
import { createHeliconeReach } from "#helicone/helicone-reach.ts";
import { startHeliconeStandIn } from "../../e2e/helicone/helicone-stand-in.ts";

const standIn = await startHeliconeStandIn({ upstreamUrl: "http://127.0.0.1:9" });
const key = { value: null as string | null };
const { reach } = createHeliconeReach({
  client: createHeliconeClient({ url: standIn.jawnUrl, apiKey: () => key.value, timeoutMs: 1_000 }),
  hasKey: () => key.value !== null,
  clock: () => new Date(),
});

beforeEach(async () => {
  await standIn.reset();
  key.value = standIn.createKey("rw");
});
afterAll(() => standIn.close());

it("says that Helicone answers when its databases do", async () => {
  expect(await reach()).toEqual({ state: "answering" });
  expect(standIn.violations()).toEqual([]);
});

it("tells one that is not set up from one that is not there", async () => {
  key.value = null;
  expect(await reach()).toEqual({ state: "not_set_up", isAlive: true });
  await standIn.setFaults({ jawn: "down" });
  expect(await reach()).toEqual({ state: "not_set_up", isAlive: false });
});

it.each(["clickhouseDown", "postgresDown"] as const)("is not fooled by an API that is there: %s", async (fault) => {
  await standIn.setFaults({ [fault]: true });
  expect(await reach()).toMatchObject({ state: "failing", problem: expect.stringMatching(/\w/) });
});

it("says why it cannot be reached", async () => {
  await standIn.setFaults({ jawn: "down" });
  expect(await reach()).toMatchObject({ state: "unreachable", problem: expect.stringContaining("does not answer") });
});

it("waits for one that accepts and never answers no longer than the client does", async () => {
  await standIn.setFaults({ jawn: "silent" });
  const startedAt = performance.now();
  expect(await reach()).toMatchObject({ state: "unreachable" });
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

it("asks nothing where Helicone is turned off", async () => {
  expect(await createHeliconeReach(null).reach()).toEqual({ state: "off" });
});
