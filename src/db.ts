import pg from "pg";

const INT8 = 20;

/** Amounts are 64-bit integers in the database and bigints in the program; nothing in between. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    oid === INT8 ? BigInt : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig["getTypeParser"],
};

/**
 * Connections to PostgreSQL for plain SQL, `bigint` columns arriving as bigint. `max` bounds the pool.
 * A lost idle connection is reported to `onError` and replaced on next use.
 */
export function createPool(databaseUrl: string, options: { max: number; onError: (error: Error) => void }): pg.Pool {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: options.max, types, connectionTimeoutMillis: 5_000 });
  pool.on("error", options.onError);
  return pool;
}
