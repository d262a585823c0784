import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { PriceDraft } from "#domain/price-draft.ts";
import { createTestPortal, type TestPerson, type TestPortal } from "#testing/portal.ts";

const NOW = new Date("2026-11-20T12:00:00Z");
const DAY_MS = 24 * 60 * 60 * 1000;
const later = new Date(NOW.getTime() + DAY_MS);

let now = NOW;
let portal: TestPortal;
let admin: TestPerson;
beforeAll(async () => {
  portal = await createTestPortal(undefined, { clock: () => now });
  admin = await portal.addPerson("Ada", "admin");
});
afterAll(() => portal.close());

const priced = (input: string): PriceDraft => ({
  standard: { input, output: "10", cacheRead: "0.1", cacheCreation5m: "2.5", cacheCreation1h: "4" },
  fast: null,
  longPrompt: null,
});
const overrides = () => portal.platform.priceOverrides;
const pricesOf = async (model: string) => (await overrides().list()).models.find((known) => known.model === model);
const markOf = async (model: string) => (await pricesOf(model))?.mark ?? "";
type Save = Parameters<ReturnType<typeof overrides>["save"]>[1];
const save = async (fields: Partial<Save> & { model: string }) =>
  overrides().save(admin.actor, {
    ...{ id: null, effectiveFrom: null, price: priced("2"), mark: await markOf(fields.model) },
    ...fields,
  });

describe("a price that people set", () => {
  it("holds from now on in place of the list's, and the list's again once it is removed", async () => {
    await save({ model: "anthropic/claude-opus-4.1", price: priced("7.5") });
    const set = await pricesOf("claude-opus-4-1");
    expect(set?.inForce).toMatchObject({ isOverride: true, effectiveFrom: NOW });
    expect(set?.inForce?.standard.input).toBe(7_500_000_000n);
    const [entry] = set?.overrides ?? [];
    expect(entry).toMatchObject({ updatedBy: "Ada" });
    await overrides().remove(admin.actor, { model: "claude-opus-4-1", id: entry?.id ?? 0, mark: set?.mark ?? "" });
    expect((await pricesOf("claude-opus-4-1"))?.inForce).toMatchObject({ isOverride: false });
    const [removed, added] = (await overrides().changes()).filter(({ model }) => model === "claude-opus-4-1");
    expect(added).toMatchObject({ by: "Ada", before: { price: { standard: { input: "15" } } } });
    expect(added).toMatchObject({ after: { effectiveFrom: NOW.toISOString(), price: { standard: { input: "7.5" } } } });
    expect(removed).toMatchObject({ before: { price: { standard: { input: "7.5" } } }, after: null });
  });

  it("may begin later; until then it is changed in place, afterwards by another entry", async () => {
    const model = "claude-haiku-4-5";
    await save({ model, effectiveFrom: later });
    const id = (await pricesOf(model))?.overrides[0]?.id ?? 0;
    expect((await pricesOf(model))?.inForce?.isOverride).toBe(false);
    await save({ model, id, effectiveFrom: later, price: priced("3") });
    expect((await pricesOf(model))?.overrides.map((entry) => entry.standard.input)).toEqual([3_000_000_000n]);
    now = new Date(later.getTime() + DAY_MS);
    expect((await pricesOf(model))?.inForce?.standard.input).toBe(3_000_000_000n);
    await save({ model, id, price: priced("4") });
    expect((await pricesOf(model))?.overrides.map((entry) => entry.standard.input)).toEqual([
      4_000_000_000n,
      3_000_000_000n,
    ]);
    now = NOW;
  });

  it("is of one admin at a time: the second is told, and nothing of theirs is saved", async () => {
    const model = "claude-sonnet-4-5";
    const mark = await markOf(model);
    const outcomes = await Promise.allSettled([
      save({ model, mark, price: priced("1") }),
      save({ model, mark, price: priced("2"), effectiveFrom: later }),
    ]);
    const refused = outcomes.find((outcome) => outcome.status === "rejected");
    expect(refused).toMatchObject({ reason: { code: "conflict", message: expect.stringContaining("meanwhile") } });
    expect((await pricesOf(model))?.overrides).toHaveLength(1);
    await expect(overrides().remove(admin.actor, { model, id: 1, mark })).rejects.toMatchObject({ code: "conflict" });
  });

  it.each([
    [{ model: "two words" }, "letters"],
    [{ model: "claude-x", price: priced("1,5") }, "no commas"],
    [{ model: "claude-x", effectiveFrom: new Date(NOW.getTime() - DAY_MS) }, "is over"],
  ])("of %j is refused", async (fields, words) => {
    await expect(save(fields)).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining(words),
    });
  });

  it("has an instant of its own", async () => {
    await save({ model: "claude-opus-5", effectiveFrom: later });
    await expect(save({ model: "claude-opus-5", effectiveFrom: later })).rejects.toMatchObject({
      message: expect.stringContaining("another price from that instant"),
    });
  });
});

describe("unknown models", () => {
  it("are those of 30 days that were charged as something else, with what they cost by SQL", async () => {
    const agent = await portal.addAgent("a1");
    const insert = (model: string, pricedAs: string, daysAgo: number, cost: number) =>
      portal.pool.query(
        `INSERT INTO llm_requests (id, agent_id, admitted_at, model, outcome, priced_as, cost_nano_usd, streamed, is_estimated)
         VALUES (gen_random_uuid(), $1, $2, $3, 'completed', $4, $5, false, false)`,
        [agent.id, new Date(NOW.getTime() - daysAgo * DAY_MS), model, pricedAs, cost],
      );
    await insert("claude-opus-9", "family", 1, 500);
    await insert("claude-opus-9", "family", 2, 700);
    await insert("gpt-mini", "dearest", 3, 100);
    await insert("claude-opus-9", "family", 31, 9_000);
    await insert("claude-opus-5", "list", 1, 9_000);
    await save({ model: "gpt-mini" });
    expect((await overrides().unpriced()).models).toEqual([
      expect.objectContaining({
        model: "claude-opus-9",
        pricedAs: "family",
        requests: 2,
        listCost: 1200n,
        hasPriceNow: false,
      }),
      expect.objectContaining({
        model: "gpt-mini",
        pricedAs: "dearest",
        requests: 1,
        listCost: 100n,
        hasPriceNow: true,
      }),
    ]);
  });
});
