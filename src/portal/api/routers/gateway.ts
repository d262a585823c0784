import { router, signedInProcedure } from "#portal/api/trpc.ts";

/** What the gateway says of itself. */
export const gatewayRouter = router({
  status: signedInProcedure.query(({ ctx }) => ctx.platform.gateway.status()),
});
