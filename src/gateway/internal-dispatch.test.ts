import { expect, it } from "vitest";

import { isContainerAddress } from "#gateway/internal-dispatch.ts";

it.each(["10.213.0.2", "172.16.0.2", "172.31.255.254", "192.168.0.3"])("a container may be at %s", (address) => {
  expect(isContainerAddress(address)).toBe(true);
});

it.each(["127.0.0.1", "0.0.0.0", "169.254.169.254", "8.8.8.8", "172.15.0.1", "172.32.0.1", "localhost", "::1", ""])(
  "no chat message is dispatched to %j",
  (address) => {
    expect(isContainerAddress(address)).toBe(false);
  },
);
