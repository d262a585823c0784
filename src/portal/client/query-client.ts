import { QueryCache, QueryClient } from "@tanstack/react-query";
import SuperJSON from "superjson";

import { failureOf } from "#portal/client/failure.ts";

const FRESH_MS = 5_000;
const ATTEMPTS_MAX = 2;

/**
 * The cache of one tab (in the browser) or one request (on the server). Amounts and instants keep their types
 * on the way from one to the other.
 */
export function createQueryClient(queryCache = new QueryCache()): QueryClient {
  return new QueryClient({
    queryCache,
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        retry: (failures, error) => failureOf(error).isPassing && failures < ATTEMPTS_MAX,
      },
      dehydrate: { serializeData: SuperJSON.serialize },
      hydrate: { deserializeData: SuperJSON.deserialize },
    },
  });
}
