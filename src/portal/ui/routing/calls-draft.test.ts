import { expect, it } from "vitest";

import { callsOrder, USUAL_CALLS, withRouting } from "#portal/ui/routing/calls-draft.ts";

it("by the gateway, nothing more has to be given", () => {
  expect(callsOrder(USUAL_CALLS)).toEqual({ routing: "gateway", credential: null });
});

it.each(["helicone", "direct"] as const)("the way %s needs something that pays", (routing) => {
  const draft = withRouting(USUAL_CALLS, routing);
  expect(draft.payer).toBe("api_key");
  expect(callsOrder(draft)).toBeNull();
  expect(callsOrder({ ...draft, payer: "gateway" })).toBeNull();
  expect(callsOrder({ ...draft, value: " sk-ant-x \n" })).toEqual({
    routing,
    credential: { kind: "api_key", value: "sk-ant-x" },
  });
});

it("a chosen token stays chosen when the way changes", () => {
  const draft = { routing: "direct", payer: "oauth_token", value: "sk-ant-oat01" } as const;
  expect(withRouting(draft, "gateway")).toEqual({ ...draft, routing: "gateway" });
});
