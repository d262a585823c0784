import { z } from "zod";

import type { PrismaClient } from "#generated/prisma/client.ts";

/** The gateway reads the same setting: gateway/bridge-doors.ts. */
const KEY = "gateway_listen_addresses";
const addresses = z.array(z.string());

export type GatewayAddressStore = ReturnType<typeof createGatewayAddressStore>;

/** The addresses, beside its own, on which the gateway is to listen for agents in containers. */
export function createGatewayAddressStore(prisma: PrismaClient) {
  return {
    async add(address: string): Promise<void> {
      const row = await prisma.setting.findUnique({ where: { key: KEY } });
      const known = addresses.safeParse(row?.value).data ?? [];
      if (known.includes(address)) return;
      const value = [...known, address];
      await prisma.setting.upsert({ where: { key: KEY }, create: { key: KEY, value }, update: { value } });
    },
  };
}
