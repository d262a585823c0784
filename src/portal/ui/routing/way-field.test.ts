import { expect, it } from "vitest";

import { waysFor } from "#portal/ui/routing/way-field.tsx";

it.each([
  [1, ["container"]],
  [2, ["container", "workspace"]],
  [3, ["provider", "workspace", "container"]],
] as const)("containers of generation %i are offered the ways that last, the best first", (generation, ways) => {
  expect(waysFor(generation)).toEqual(ways);
});
