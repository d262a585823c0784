import { expect, test } from "vitest";

import { agentAddress, requestAddress, startAddress } from "#portal/ui/observability/dashboard-address.ts";

const DOOR = "http://localhost:3001";

test("an agent has a page of its own, whatever its name holds", () => {
  expect(agentAddress(DOOR, "builder")).toBe("http://localhost:3001/users/builder");
  expect(agentAddress(DOOR, "a/../b?c#d")).toBe("http://localhost:3001/users/a%2F..%2Fb%3Fc%23d");
});

test("a request is opened by its id", () => {
  expect(requestAddress(DOOR, "0198-aa")).toBe("http://localhost:3001/requests?requestId=0198-aa");
});

test("whatever path the door's address has, its pages are at its root", () => {
  expect(startAddress("https://helicone.example.com/x")).toBe("https://helicone.example.com/dashboard");
});
