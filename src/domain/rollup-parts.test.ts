import { expect, test } from "vitest";

import { rollupParts } from "#domain/rollup-parts.ts";

const at = (text: string) => new Date(`2026-${text}:00Z`);
const span = (start: string, end: string) => ({ start: at(start), end: at(end) });

test("whole UTC days are taken as such", () => {
  expect(rollupParts(span("11-01T00:00", "12-01T00:00"))).toEqual({
    days: span("11-01T00:00", "12-01T00:00"),
    quarterHours: [],
  });
});

test("a month of another zone has quarter hours at both edges", () => {
  expect(rollupParts(span("10-31T18:30", "11-30T18:30"))).toEqual({
    days: span("11-01T00:00", "11-30T00:00"),
    quarterHours: [span("10-31T18:30", "11-01T00:00"), span("11-30T00:00", "11-30T18:30")],
  });
});

test("a day that holds no whole UTC day is quarter hours alone, once", () => {
  expect(rollupParts(span("11-23T18:30", "11-24T18:30"))).toEqual({
    days: null,
    quarterHours: [span("11-23T18:30", "11-24T18:30")],
  });
  expect(rollupParts(span("11-24T05:00", "11-24T07:15"))).toEqual({
    days: null,
    quarterHours: [span("11-24T05:00", "11-24T07:15")],
  });
});

test("one edge may lie on midnight", () => {
  expect(rollupParts(span("11-24T00:00", "11-25T07:15"))).toEqual({
    days: span("11-24T00:00", "11-25T00:00"),
    quarterHours: [span("11-25T00:00", "11-25T07:15")],
  });
});

test("an empty span has no parts", () => {
  expect(rollupParts(span("11-24T07:15", "11-24T07:15"))).toEqual({ days: null, quarterHours: [] });
});
