import { z } from "zod";

import { DomainError } from "#domain/errors.ts";
import { agentNameInput, plainText } from "#portal/api/schemas.ts";
import { adminProcedure, router } from "#portal/api/trpc.ts";

const dayInput = z.iso.date({ error: "Name a day as 2026-11-24." }).transform((day) => new Date(`${day}T00:00:00Z`));
/** Empty: rows of Helicone's that name no agent. */
const agentInput = agentNameInput.shape.agentName.or(z.literal("")).nullable().default(null);
const kindInput = z.enum(["missing_there", "missing_here", "repeated_there"]);
const CALLS_MAX = 1_000;

/** Who runs a check is not kept waiting for longer; it goes on. */
const CHECK_WAIT_MS = 15_000;

/** The ledger against Helicone, by agent and UTC day. For admins. */
export const reconciliationRouter = router({
  /** `days` null: Helicone is turned off. A day that was never compared is not among them. */
  overview: adminProcedure
    .input(z.object({ days: z.int().min(1).max(90).default(7) }))
    .query(async ({ ctx, input }) => {
      const { reconciliation } = ctx.platform;
      if (reconciliation === null) return { days: null, state: null };
      return { days: await reconciliation.days(input.days), state: reconciliation.state() };
    }),

  differences: adminProcedure
    .input(
      z.object({
        day: dayInput,
        agentName: agentInput,
        kinds: z.array(kindInput).min(1).max(3).default(["missing_there", "missing_here", "repeated_there"]),
        skip: z.int().min(0).max(1_000_000).default(0),
        limit: z.int().min(1).max(100).default(50),
      }),
    )
    .query(({ ctx, input: { day, agentName, kinds, skip, limit } }) =>
      turnedOn(ctx.platform.reconciliation).differences({ dayStart: day, agentName, kinds }, { skip, limit }),
    ),

  /** Compares now; answers when that is done, or with `isRunning` when it takes longer than people wait. */
  check: adminProcedure.mutation(async ({ ctx }) => {
    const reconciliation = turnedOn(ctx.platform.reconciliation);
    const checking = reconciliation.check();
    checking.catch((error: unknown) => ctx.platform.log.warn({ err: error }, "ledger and Helicone were not compared"));
    await Promise.race([checking, new Promise((resolve) => setTimeout(resolve, CHECK_WAIT_MS).unref())]);
    return reconciliation.state();
  }),

  /** Sends again what Helicone lacks: of one day or all, of one agent or all, or single calls. */
  resend: adminProcedure
    .input(
      z.object({
        day: dayInput.nullable().default(null),
        agentName: agentInput,
        requestIds: z
          .array(plainText({ max: 100 }))
          .min(1)
          .max(CALLS_MAX)
          .nullable()
          .default(null),
      }),
    )
    .mutation(async ({ ctx, input: { day, agentName, requestIds } }) => ({
      requests: await turnedOn(ctx.platform.reconciliation).resend(ctx.actor, { dayStart: day, agentName, requestIds }),
    })),
});

function turnedOn<T>(reconciliation: T | null): T {
  if (reconciliation === null) throw new DomainError("unavailable", "Helicone is turned off.");
  return reconciliation;
}
