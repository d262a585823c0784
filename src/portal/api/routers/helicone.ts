import { z } from "zod";

import { LOG_CONTENTS } from "#domain/helicone-log.ts";
import { adminAgentProcedure, adminProcedure, router } from "#portal/api/trpc.ts";

const content = z.enum(LOG_CONTENTS, { error: "Choose what Helicone is told: metadata, redacted or full." });

/** Helicone, and how much it is told. For admins. */
export const heliconeRouter = router({
  status: adminProcedure.query(({ ctx }) => ctx.platform.heliconeStatus.status()),

  /** Slower than the status: it asks Helicone itself. */
  reach: adminProcedure.query(({ ctx }) => ctx.platform.heliconeReach.reach()),

  logSettings: adminProcedure.query(({ ctx }) => ctx.platform.heliconeLog.view()),

  setFleetLog: adminProcedure
    .input(z.object({ content, everyAgent: z.boolean() }))
    .mutation(({ ctx, input }) => ctx.platform.heliconeLog.setFleet(ctx.actor, input.content, input.everyAgent)),

  setAgentLog: adminAgentProcedure
    .input(z.object({ content: content.nullable() }))
    .mutation(({ ctx, input }) => ctx.platform.heliconeLog.setAgent(ctx.actor, ctx.agent, input.content)),
});
