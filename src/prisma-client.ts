import { PrismaPg } from "@prisma/adapter-pg";

import { PrismaClient } from "#generated/prisma/client.ts";

export type { PrismaClient };

/** The portal's connection to the tables. The gateway does not load Prisma: it speaks plain SQL (`db.ts`). */
export function createPrisma(databaseUrl: string): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: databaseUrl }) });
}
