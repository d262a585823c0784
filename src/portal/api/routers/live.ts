import { router, signedInProcedure } from "#portal/api/trpc.ts";
import { followLedger } from "#portal/live/follow-ledger.ts";

/** What happens while a page is open. One subscription per tab. */
export const liveRouter = router({
  onLedger: signedInProcedure.subscription(({ ctx, signal }) => followLedger(ctx, signal)),
});
