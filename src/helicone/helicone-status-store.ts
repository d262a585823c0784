import type { HeliconeReport } from "#domain/helicone-log.ts";
import type { PrismaClient } from "#generated/prisma/client.ts";

/** What a gateway last said of its way to Helicone; `helicone` null: Helicone is off there. */
export type GatewayHelicone = { seenAt: Date; helicone: HeliconeReport | null };

export type HeliconeStatusStore = ReturnType<typeof createHeliconeStatusStore>;

/** What the gateways reported of Helicone, the most recent first. */
export function createHeliconeStatusStore(prisma: PrismaClient) {
  return {
    async reports(): Promise<GatewayHelicone[]> {
      const rows = await prisma.gatewayInstance.findMany({
        select: { seenAt: true, helicone: true },
        orderBy: { seenAt: "desc" },
        take: 100,
      });
      return rows.map(({ seenAt, helicone }) => ({ seenAt, helicone: asReport(helicone) }));
    },
  };
}

/** Only gateways write it, as they type it. */
function asReport(value: unknown): HeliconeReport | null {
  return value as HeliconeReport | null;
}
