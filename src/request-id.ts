import { AsyncLocalStorage } from "node:async_hooks";

import { v7 as uuidv7 } from "uuid";

/** One per process: Next loads this module once for pages and once for routes, and both write the same log. */
const KEPT = globalThis as typeof globalThis & { trinityRequestIds?: AsyncLocalStorage<string> }; // a name of our own

function ids(): AsyncLocalStorage<string> {
  KEPT.trinityRequestIds ??= new AsyncLocalStorage();
  return KEPT.trinityRequestIds;
}

/** Does the work of one request under an id of its own, `req_` and 32 hexadecimal digits, or under that of the request around it. */
export function inRequest<T>(work: (requestId: string) => T): T {
  const around = currentRequestId();
  if (around !== null) return work(around);
  const requestId = `req_${uuidv7().replaceAll("-", "")}`;
  return ids().run(requestId, () => work(requestId));
}

/** The id of the request that this is done for; null: for none. */
export function currentRequestId(): string | null {
  return ids().getStore() ?? null;
}
