import pg from "pg";

const INT8 = 20;

/** Amounts are 64-bit integers in the database and bigints in the program; nothing in between. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    oid === INT8 ? BigInt : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig["getTypeParser"],
};

export type PoolOptions = {
  max: number;
  onError: (error: Error) => void;
  /** A query that takes longer fails, and its connection is given up: the server may have gone without a word. */
  queryTimeoutMs?: number;
};

/**
 * Connections to PostgreSQL for plain SQL, `bigint` columns arriving as bigint. `max` bounds the pool.
 * A lost idle connection is reported to `onError` and replaced on next use.
 */
export function createPool(databaseUrl: string, options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: options.max,
    types,
    connectionTimeoutMillis: 5_000,
    query_timeout: options.queryTimeoutMs,
  });
  pool.on("error", options.onError);
  return pool;
}
