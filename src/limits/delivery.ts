/**
 * What came of an attempt to deliver a message. `reason` is for admins and names no secret; `isFinal`: another attempt would
 * end the same way.
 */
export type DeliveryOutcome = { outcome: "delivered" } | { outcome: "failed"; reason: string; isFinal: boolean };
