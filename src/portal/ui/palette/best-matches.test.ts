import fc from "fast-check";
import { expect, test } from "vitest";

import { bestMatches } from "#portal/ui/palette/best-matches.ts";
import { placesFor } from "#portal/ui/shell/places.ts";

const found = (names: readonly string[], text: string) => bestMatches(names, text, (name) => name);

test("what begins with the text comes before what has it later, and equals keep their order", () => {
  expect(found(["night-builder", "zebra", "builder", "build-bot"], "build")).toEqual([
    "builder",
    "build-bot",
    "night-builder",
  ]);
});

test("case and spaces around the text do not matter, and signs mean themselves", () => {
  expect(found(["LLM Observability", "Observability"], " observ ")).toEqual(["Observability", "LLM Observability"]);
  expect(found(["a.b", "axb"], "a.b")).toEqual(["a.b"]);
  expect(found(["100%", "100x"], "0%")).toEqual(["100%"]);
});

test("every item that is found has the text, none that has it is left out, and no text finds all", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme-ascii" })),
      fc.string({ unit: "grapheme-ascii" }),
      (names, text) => {
        const wanted = text.trim().toLowerCase();
        const hits = names.filter((name) => name.toLowerCase().includes(wanted));
        expect(found(names, text).toSorted()).toEqual(hits.toSorted());
      },
    ),
  );
  expect(found(["b", "a"], " ")).toEqual(["b", "a"]);
});

test("an owner is offered no page that is for admins", () => {
  const offered = ({ daily, settings }: ReturnType<typeof placesFor>) =>
    bestMatches([...daily, ...settings], "", ({ label }) => label).map(({ href }) => href);
  expect(offered(placesFor("owner"))).toEqual([
    "/overview",
    "/agents",
    "/requests",
    "/sessions",
    "/alerts",
    "/account",
  ]);
  expect(offered(placesFor("admin"))).toContain("/settings/prices");
});
