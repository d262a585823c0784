import { describe, expect, it } from "vitest";

import { ANY_CALL, type CallQuery } from "#domain/call-query.ts";
import { draftOf, readBounds } from "#portal/ui/requests/prepare-bounds.ts";

const QUERY: CallQuery = { span: "7d", sort: "newest", filter: { ...ANY_CALL, model: "claude-opus-4-8" } };

describe("bounds as they are typed", () => {
  it("are read into the view, and shown as they were typed", () => {
    const draft = { ...draftOf(QUERY), costMin: "0.25", tokensMax: "150,000", latencyMin: "2.5", sessionId: " s-1 " };
    const { query, problems } = readBounds(draft, QUERY);
    expect(problems).toEqual({});
    expect(query?.filter).toEqual({
      ...QUERY.filter,
      costMin: 250_000_000n,
      tokensMax: 150_000,
      latencyMinMs: 2_500,
      sessionId: "s-1",
    });
    expect(draftOf(query ?? QUERY)).toMatchObject({ costMin: "0.25", tokensMax: "150000", latencyMin: "2.5" });
  });

  it("take a time by the viewer's clocks, both ends of it", () => {
    const draft = { ...draftOf(QUERY), from: "2026-11-01T10:00", to: "2026-11-01T11:30" };
    const { query } = readBounds(draft, QUERY);
    expect(query?.span).toEqual({ start: new Date("2026-11-01T10:00"), end: new Date("2026-11-01T11:30") });
    expect(draftOf(query ?? QUERY)).toMatchObject({ from: "2026-11-01T10:00", to: "2026-11-01T11:30" });
  });

  it.each([
    [{ costMax: "a lot" }, "costMax"],
    [{ tokensMin: "1.5" }, "tokensMin"],
    [{ latencyMax: "-1" }, "latencyMax"],
    [{ from: "2026-11-01T10:00" }, "to"],
    [{ to: "2026-11-01T10:00" }, "from"],
    [{ from: "2026-11-01T10:00", to: "2026-11-01T10:00" }, "to"],
  ])("are said to be wrong, and change nothing: %o", (part, field) => {
    const { query, problems } = readBounds({ ...draftOf(QUERY), ...part }, QUERY);
    expect(query).toBeNull();
    expect(Object.keys(problems)).toEqual([field]);
  });
});
