import { describe, expect, it } from "vitest";

import { createAddressRule, isNetwork } from "#limits/webhook-address.ts";

const RULE = createAddressRule([]);

describe("where webhooks may lead", () => {
  it.each([
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.0.0.5",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fd12:3456::1",
    "ff02::1",
    "localhost",
    "",
  ])("not to %s", (address) => {
    expect(RULE.isAllowed(address)).toBe(false);
  });

  it.each(["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1"])("to %s", (address) => {
    expect(RULE.isAllowed(address)).toBe(true);
  });

  it("to networks of one's own that were named, and to no others", () => {
    const rule = createAddressRule(["10.1.0.0/16", "127.0.0.1", "fd00::/8"]);
    const asked = ["10.1.2.3", "10.2.0.1", "127.0.0.1", "127.0.0.2", "fd00::7", "fe80::1", "::ffff:10.1.2.3"];
    expect(asked.map((address) => rule.isAllowed(address))).toEqual([true, false, true, false, true, false, true]);
  });

  it.each([
    ["10.0.0.0/8", true],
    ["::1", true],
    ["fd00::/8", true],
    ["10.0.0.0/33", false],
    ["10.0.0.0/", false],
    ["10.0.0.0/8x", false],
    ["example.com", false],
    ["", false],
  ])("%j is a network: %s", (text, expected) => {
    expect(isNetwork(text)).toBe(expected);
  });
});
