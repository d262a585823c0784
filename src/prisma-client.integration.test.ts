import { readFileSync } from "node:fs";
import path from "node:path";

import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createPool } from "#db.ts";
import { Prisma } from "#generated/prisma/client.ts";
import { createPrisma, type PrismaClient } from "#prisma-client.ts";
import { createTestDatabase, type TestDatabase } from "#testing/database.ts";

let database: TestDatabase;
let prisma: PrismaClient;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  prisma = createPrisma(database.databaseUrl);
  pool = createPool(database.databaseUrl, { max: 1, onError: () => undefined });
});
afterAll(async () => {
  await prisma.$disconnect();
  await pool.end();
  await database.drop();
});

type Column = { name: string; type: string; isNullable: boolean };

/** How a Prisma type is kept in PostgreSQL, by the type and its `@db` attribute. */
const SQL_TYPES: Readonly<Record<string, string>> = {
  BigInt: "bigint",
  Boolean: "boolean",
  Bytes: "bytea",
  "DateTime @db.Timestamptz": "timestamp with time zone",
  Int: "integer",
  "Int @db.SmallInt": "smallint",
  "BigInt[]": "ARRAY",
  "Int[]": "ARRAY",
  Json: "jsonb",
  String: "text",
  "String @db.Uuid": "uuid",
  "String[]": "ARRAY",
};

/** The tables as the schema file describes them; relations are no columns. */
function modelledTables(schema: string): Map<string, Column[]> {
  const models = [...schema.matchAll(/^model (\w+) \{\n(.*?)^\}/gms)].map(([, name = "", body = ""]) => ({
    name,
    body,
  }));
  const names = models.map((model) => model.name);
  return new Map(models.map(({ name, body }) => [/@@map\("(\w+)"\)/.exec(body)?.[1] ?? name, columnsOf(body, names)]));
}

function columnsOf(body: string, modelNames: readonly string[]): Column[] {
  const fields = [...body.matchAll(/^ {2}(\w+) +(\w+)(\[\])?(\?)?(.*)$/gm)];
  return fields
    .filter(([, , type = ""]) => !modelNames.includes(type))
    .map(([, field = "", type = "", list = "", optional, attributes = ""]) => {
      const dbType = /@db\.\w+/.exec(attributes)?.[0];
      const prismaType = dbType === undefined ? `${type}${list}` : `${type}${list} ${dbType}`;
      const name = /@map\("(\w+)"\)/.exec(attributes)?.[1] ?? field;
      return { name, type: SQL_TYPES[prismaType] ?? prismaType, isNullable: optional === "?" };
    })
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

async function migratedTables(): Promise<Map<string, Column[]>> {
  const { rows } = await pool.query(
    `SELECT table_name, column_name AS name, data_type AS type, is_nullable = 'YES' AS nullable
     FROM information_schema.columns WHERE table_schema = 'public'`,
  );
  const tables = new Map<string, Column[]>();
  for (const { table_name: table, name, type, nullable } of rows) {
    tables.set(table, [...(tables.get(table) ?? []), { name, type, isNullable: nullable }]);
  }
  return new Map(
    [...tables].map(([table, columns]) => [table, columns.toSorted((a, b) => a.name.localeCompare(b.name))]),
  );
}

describe("the Prisma schema and the migrations", () => {
  it("describe the same tables, columns, types and nulls", async () => {
    const modelled = modelledTables(readFileSync(path.resolve("prisma/schema.prisma"), "utf8"));
    const migrated = await migratedTables();
    migrated.delete("_prisma_migrations"); // the migrations' own bookkeeping
    expect([...modelled.keys()].toSorted()).toEqual([...migrated.keys()].toSorted());
    for (const [table, columns] of modelled) {
      expect(columns, table).not.toHaveLength(0);
      expect(columns, table).toEqual(migrated.get(table));
    }
  });

  it.each(Object.values(Prisma.ModelName))("let every column of %s be read", async (model) => {
    const delegate: unknown = prisma[`${model[0]?.toLowerCase()}${model.slice(1)}` as keyof PrismaClient]; // its client
    const { findMany } = delegate as { findMany: (options: object) => Promise<unknown[]> }; // every model has it
    // What a fresh database holds is the default limits, and nothing else.
    expect(await findMany({ take: 2 })).toHaveLength(model === "AgentBudget" ? 1 : 0);
  });
});
