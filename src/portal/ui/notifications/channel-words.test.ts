import { expect, test } from "vitest";

import { audienceOf, toAddresses } from "#portal/ui/notifications/channel-words.ts";

test("a channel for mail tells owners and admins, and whoever was added", () => {
  const mail = { kind: "email", host: null } as const;
  expect(audienceOf({ ...mail, addresses: [] })).toBe("Owners and admins");
  expect(audienceOf({ ...mail, addresses: ["a@x.org", "b@x.org"] })).toBe("Owners, admins and a@x.org, b@x.org");
});

test("of a webhook the host is said", () => {
  expect(audienceOf({ kind: "slack", host: "hooks.slack.com", addresses: [] })).toBe("hooks.slack.com");
});

test.each([
  ["", []],
  [" a@x.org ", ["a@x.org"]],
  ["a@x.org, b@x.org;c@x.org\nd@x.org,", ["a@x.org", "b@x.org", "c@x.org", "d@x.org"]],
])("addresses are read from %j", (text, addresses) => {
  expect(toAddresses(text)).toEqual(addresses);
});
