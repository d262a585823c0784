import { expect, it } from "vitest";

import { clientAddress } from "#portal/auth/client-address.ts";

it.each([
  ["192.0.2.1", "192.0.2.1"],
  ["10.0.0.9, 192.0.2.1", "192.0.2.1"],
  ["10.0.0.9,  2001:db8::1 ", "2001:db8::1"],
  ["", "unknown"],
  [null, "unknown"],
  [undefined, "unknown"],
  ["x".repeat(1000), "x".repeat(64)],
])("takes the nearest proxy's word: %s", (header, address) => {
  expect(clientAddress(header)).toBe(address);
});
