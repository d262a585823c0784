import { expect, it } from "vitest";

import { parseNotice } from "#ledger/ledger-notices.ts";

it.each([
  ['{"agentIds":[1,2]}', [1, 2]],
  ['{"agentIds":"all"}', "all"],
  ['{"agentIds":[1,"2",null,3.5]}', [1]],
  ['{"agentIds":"none"}', []],
  ["null", []],
  ["{", []],
  [undefined, []],
])("the notice %j names %j", (payload, agents) => {
  expect(parseNotice(payload)).toEqual(agents);
});
