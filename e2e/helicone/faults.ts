import { z } from "zod";

/** How a server of the stand-in behaves: as it should, port closed, accepting without ever answering, or answering HTML. */
const serverMode = z.enum(["up", "down", "silent", "html-500", "html-200"]);

const faultsShape = z.strictObject({
  jawn: serverMode,
  web: serverMode,
  objects: serverMode,
  /** How much longer the API and the proxy take until their first byte. */
  slowMs: z.number().min(0),
  /** Queries silently answer nothing, and what is logged meanwhile is lost. */
  clickhouseDown: z.boolean(),
  /** Every API call is 401, and what is logged meanwhile is lost. */
  postgresDown: z.boolean(),
  /** What is logged meanwhile is lost. */
  objectsLost: z.boolean(),
  /** From the end of an answer until its row can be queried. */
  indexDelayMs: z.number().min(0),
});

export type Faults = z.infer<typeof faultsShape>;
export type ServerMode = Faults["jawn"];

export const NO_FAULTS: Faults = {
  jawn: "up",
  web: "up",
  objects: "up",
  slowMs: 0,
  clickhouseDown: false,
  postgresDown: false,
  objectsLost: false,
  indexDelayMs: 100,
};

/** Reads some faults from JSON. Throws an Error that says what is wrong with them. */
export function parseFaults(value: unknown): Partial<Faults> {
  const parsed = faultsShape.partial().strict().safeParse(value);
  if (!parsed.success) throw new Error(`faults: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
