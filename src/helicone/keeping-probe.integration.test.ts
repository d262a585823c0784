import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { createKeepingProbe } from "#helicone/keeping-probe.ts";
import { type HeliconeStandIn, startHeliconeStandIn } from "../../e2e/helicone/helicone-stand-in.ts";

const UNKNOWN = "pk-helicone-aaaaaaa-bbbbbbb-ccccccc-ddddddd";
const HEALTHY = { jawn: "up", clickhouseDown: false, postgresDown: false } as const;

let helicone: HeliconeStandIn;
let known: { writeKey: string; logKey: string };
beforeAll(async () => {
  helicone = await startHeliconeStandIn({ upstreamUrl: "http://127.0.0.1:9" });
  known = { writeKey: helicone.createKey("w"), logKey: helicone.createKey("rw") };
});
afterEach(async () => {
  await helicone.setFaults(HEALTHY);
  expect(helicone.violations()).toEqual([]);
});
afterAll(() => helicone.close());

function ask(keys: Partial<typeof known> | null = {}): Promise<string | null> {
  const held = keys === null ? null : { ...known, ...keys };
  return createKeepingProbe({ url: helicone.jawnUrl, keys: () => held, timeoutMs: 500 })();
}

describe("whether Helicone keeps the calls that pass through it", () => {
  it("is said to be so where nothing speaks against it", async () => {
    expect(await ask()).toBeNull();
  });

  it.each([
    [{ clickhouseDown: true }, /ClickHouse does not answer/],
    [{ postgresDown: true }, /PostgreSQL does not answer/],
    [{ jawn: "silent" }, /no answer in time/],
    [{ jawn: "down" }, /does not answer/],
    [{ jawn: "html-200" }, /Not Helicone's API/],
  ] as const)("is denied by %j", async (faults, problem) => {
    await helicone.setFaults(faults);
    expect(await ask()).toMatch(problem);
  });

  it("is denied where it does not know the key that goes with calls", async () => {
    expect(await ask({ writeKey: UNKNOWN })).toBe("Helicone does not know this key.");
    expect(await ask({ writeKey: UNKNOWN, logKey: UNKNOWN })).toBe("Helicone does not know this key.");
  });

  it("is not denied for a fault of the key that only asks, nor where there is no key yet", async () => {
    expect(await ask({ logKey: UNKNOWN })).toBeNull();
    expect(await ask({ logKey: known.writeKey })).toBeNull();
    expect(await ask(null)).toBeNull();
  });
});
