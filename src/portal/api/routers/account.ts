import { z } from "zod";

import { passwordInput } from "#portal/api/schemas.ts";
import { router, signedInProcedure } from "#portal/api/trpc.ts";

/** What people do with their own account. */
export const accountRouter = router({
  me: signedInProcedure.query(({ ctx }) => ctx.platform.accounts.me(ctx.actor)),

  /** Ends all sessions of the person, this one included: sign in again with the new password. */
  changePassword: signedInProcedure
    .input(z.object({ current: passwordInput, next: passwordInput }))
    .mutation(({ ctx, input }) => ctx.platform.accounts.changePassword(ctx.actor, input)),
});
