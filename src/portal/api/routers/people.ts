import { z } from "zod";

import { emailInput, idInput } from "#portal/api/schemas.ts";
import { adminProcedure, router } from "#portal/api/trpc.ts";

const personInput = z.object({ userId: idInput("There is no such person.") });
const roleInput = z.enum(["admin", "owner"], { error: "Choose admin or owner." });

/** Who may sign in. For admins. */
export const peopleRouter = router({
  list: adminProcedure.query(({ ctx }) => ctx.platform.people.list()),

  invite: adminProcedure
    .input(z.object({ email: emailInput, role: roleInput }))
    .mutation(({ ctx, input }) => ctx.platform.people.invite(ctx.actor, input)),

  resetLink: adminProcedure
    .input(personInput)
    .mutation(({ ctx, input }) => ctx.platform.people.resetLink(ctx.actor, input.userId)),

  setRole: adminProcedure
    .input(personInput.extend({ role: roleInput }))
    .mutation(({ ctx, input }) => ctx.platform.people.setRole(ctx.actor, input.userId, input.role)),

  setDisabled: adminProcedure
    .input(personInput.extend({ isDisabled: z.boolean() }))
    .mutation(({ ctx, input }) => ctx.platform.people.setDisabled(ctx.actor, input.userId, input.isDisabled)),

  cancelInvitation: adminProcedure
    .input(z.object({ invitationId: idInput("There is no such invitation.") }))
    .mutation(({ ctx, input }) => ctx.platform.people.cancelInvitation(ctx.actor, input.invitationId)),
});
