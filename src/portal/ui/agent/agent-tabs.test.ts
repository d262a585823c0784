import { expect, test } from "vitest";

import { daysOf, tabOf, withPart } from "#portal/ui/agent/agent-tabs.ts";

const address = (text: string) => new URLSearchParams(text);

test.each([
  ["", "costs"],
  ["tab=budget", "budget"],
  ["tab=nonsense", "costs"],
])("the address %j opens the tab %s", (text, tab) => {
  expect(tabOf(address(text), { isAdmin: true })).toBe(tab);
});

test.each(["settings", "observability"])("%s is for admins: an owner's address falls back to costs", (tab) => {
  expect(tabOf(address(`tab=${tab}`), { isAdmin: false })).toBe("costs");
  expect(tabOf(address(`tab=${tab}`), { isAdmin: true })).toBe(tab);
});

test("only 7 and 30 days can be asked for", () => {
  expect(["", "days=30", "days=365"].map((text) => daysOf(address(text)))).toEqual([7, 30, 7]);
});

test("changing one part keeps the other, defaults are left out", () => {
  expect(withPart("tab=budget&days=30", { tab: "requests" })).toBe("?tab=requests&days=30");
  expect(withPart("tab=budget&days=30", { days: 7 })).toBe("?tab=budget");
  expect(withPart("tab=budget", { tab: "costs" })).toBe("?");
});
