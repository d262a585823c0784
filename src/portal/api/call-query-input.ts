import { z } from "zod";

import { CALL_ENDS, CALL_SORTS, CALL_SPANS, type CallQuery } from "#domain/call-query.ts";
import { parseUsd } from "#domain/money.ts";
import { idInput, plainText } from "#portal/api/schemas.ts";

const words = plainText({ max: 200 }).nullable();
const COUNT_MAX = 2_147_483_647;
const count = z
  .int("Write a whole number.")
  .min(0, "Nothing is below 0.")
  .max(COUNT_MAX, "That is too much.")
  .nullable();
/** Dollars as people write them: what is asked for also names an answer, and names have no bigints. */
const amount = z
  .string()
  .transform((text, context) => {
    const nanoUsd = parseUsd(text);
    if (nanoUsd !== null) return nanoUsd;
    context.addIssue({ code: "custom", message: "Write an amount, such as 0.25." });
    return z.NEVER;
  })
  .nullable();

const DAY_MS = 86_400_000;
const DAYS_MAX = 400;
const betweenInput = z
  .object({ start: z.date("Choose a day and a time."), end: z.date("Choose a day and a time.") })
  .refine(({ start, end }) => start < end, "The end has to be after the start.")
  .refine(
    ({ start, end }) => end.getTime() - start.getTime() <= DAYS_MAX * DAY_MS,
    `At most ${DAYS_MAX} days at once.`,
  );

const filterInput = z.object({
  agentName: words,
  ownerId: idInput("Choose the owner from the list.").nullable(),
  model: words,
  outcome: z.enum(CALL_ENDS, { error: "Choose an outcome from the list." }).nullable(),
  status: z.int("A status is a number, such as 529.").min(100).max(599, "A status has three digits.").nullable(),
  sessionId: words,
  subagentId: words,
  costMin: amount,
  costMax: amount,
  tokensMin: count,
  tokensMax: count,
  latencyMinMs: count,
  latencyMaxMs: count,
});

/** A view of the calls, as a page or a program asks for it. */
export const callQueryInput = z.object({
  span: z.union([z.enum(CALL_SPANS), betweenInput], { error: "Choose a span from the list." }),
  sort: z.enum(CALL_SORTS, { error: "Choose an order from the list." }),
  filter: filterInput,
}) satisfies z.ZodType<CallQuery>;
