import type { PrismaClient } from "#generated/prisma/client.ts";

/** What a gateway last said of itself. `journalBacklog` counts settled calls that are not in the ledger yet. */
export type GatewayReport = { seenAt: Date; holdsAnthropicKey: boolean; journalBacklog: number };

export type GatewayStatusStore = ReturnType<typeof createGatewayStatusStore>;

/** What the gateways reported, the most recent first. */
export function createGatewayStatusStore(prisma: PrismaClient) {
  return {
    reports: (): Promise<GatewayReport[]> =>
      prisma.gatewayInstance.findMany({
        select: { seenAt: true, holdsAnthropicKey: true, journalBacklog: true },
        orderBy: { seenAt: "desc" },
        take: 100,
      }),
  };
}
