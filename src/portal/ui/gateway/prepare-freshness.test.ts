import { expect, test } from "vitest";

import { prepareCurrentFigure, prepareFreshness } from "#portal/ui/gateway/prepare-freshness.ts";

const now = new Date("2026-11-24T14:30:00Z");

test("while a gateway reports, and before we have asked, figures are current", () => {
  expect(prepareFreshness({ state: "reporting", seenAt: now }, now, "UTC")).toEqual({ isCurrent: true });
  expect(prepareFreshness(undefined, now, "UTC")).toEqual({ isCurrent: true });
});

test("a silent gateway is dated, in the viewer's zone", () => {
  const seenAt = new Date("2026-11-24T14:02:40Z");
  expect(prepareFreshness({ state: "silent", seenAt }, now, "Europe/Berlin")).toMatchObject({
    isCurrent: false,
    since: "15:02",
    title: "The gateway is silent: costs since 15:02 are not known yet.",
  });
});

test("a gateway silent since another day says which", () => {
  const seenAt = new Date("2026-11-22T09:00:00Z");
  expect(prepareFreshness({ state: "silent", seenAt }, now, "UTC")).toMatchObject({ since: "22 Nov, 09:00" });
});

test("no gateway at all is said as such", () => {
  expect(prepareFreshness({ state: "never", seenAt: null }, now, "UTC")).toMatchObject({
    isCurrent: false,
    since: null,
    title: "No gateway has reported yet: costs are not known.",
  });
});

const silent = prepareFreshness({ state: "silent", seenAt: new Date("2026-11-24T14:02:40Z") }, now, "UTC");

test("while the gateway is silent an amount is a lower bound and a zero is unknown", () => {
  const note = "Known until 14:02; the gateway is silent.";
  expect(prepareCurrentFigure(2_470_000_000n, silent)).toEqual({ text: "≥ $2.47", note });
  expect(prepareCurrentFigure(0n, silent)).toEqual({ text: null, note });
});

test("while it reports, a zero is a zero", () => {
  expect(prepareCurrentFigure(0n, { isCurrent: true })).toEqual({ text: "$0.00", note: null });
});
