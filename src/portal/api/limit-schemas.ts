import { z } from "zod";

import { BUDGET_ACTIONS, RESERVATION_MODES } from "#domain/budget.ts";
import { plainText } from "#portal/api/schemas.ts";

const ID_MAX = 2_147_483_647;

/** Whatever a program sends as a number: what is wrong with it is for the rules of the limits to say. */
const anyNumber = z
  .number()
  .or(z.nan())
  .or(z.literal(Number.POSITIVE_INFINITY))
  .or(z.literal(Number.NEGATIVE_INFINITY));

/** Which version of limits the person saw; 0: none were saved. */
export const versionInput = z.object({ version: z.int().min(0).max(ID_MAX) });

const amount = plainText({ max: 100 }).nullable();

/** What limits are to say; what is left out stays as it is. */
export const limitsInput = z.object({
  daily: amount.optional(),
  monthly: amount.optional(),
  actionOnExceed: z
    .enum(BUDGET_ACTIONS, { error: "Choose what happens at the limit: block, warn or none." })
    .optional(),
  warningThresholds: z.array(anyNumber, { error: "Write the warnings as a list of percents." }).max(100).optional(),
  timeZone: plainText({ max: 100 }).optional(),
  reservation: z
    .enum(RESERVATION_MODES, { error: "Choose what a running call holds: expected or guaranteed." })
    .optional(),
  hardStop: z.boolean().optional(),
  pauseOnRunaway: z.boolean().optional(),
});

/** More of one limit for a while. */
export const increaseInput = z.object({
  period: z.enum(["day", "month"], { error: "Choose which limit: of the day or of the month." }),
  amount: plainText({ max: 100 }),
  reason: plainText({ max: 1_000 }),
  endsAt: z.date({ error: "Choose when the increase ends." }),
});

/** The id of a pool or an increase. */
export const rowIdInput = z.int().min(1).max(ID_MAX);

const rate = anyNumber.nullable();

/** Requests and tokens per minute; null: not limited. */
export const ratesInput = z.object({ requestsPerMinute: rate, tokensPerMinute: rate });

const MANY_MAX = 2_000;

/** Agents whose limits are changed together, each with the version that the person saw. */
export const manyAgentsInput = z
  .array(versionInput.extend({ agentName: plainText({ max: 200 }) }))
  .min(1, "Choose at least one agent.")
  .max(MANY_MAX, `Choose at most ${MANY_MAX} agents at once.`);
