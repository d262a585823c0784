import { InfiniteQueryObserver, QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";

import { refreshOutdated } from "#portal/client/refresh-outdated.ts";

const LATEST = [["requests", "latest"], { input: { agentName: "builder" }, type: "infinite" }];
const PEOPLE = [["people", "list"], { type: "query" }];

test("a further page that is being loaded survives a call that arrives meanwhile, and the list is then fetched anew", async () => {
  const queryClient = new QueryClient();
  const gates: (() => void)[] = [];
  const asked: number[] = [];
  const observer = new InfiniteQueryObserver(queryClient, {
    queryKey: LATEST,
    initialPageParam: 0,
    getNextPageParam: (last: number) => last + 1,
    queryFn: async ({ pageParam }) => {
      asked.push(pageParam);
      if (pageParam === 1 && gates.length === 0) await new Promise<void>((resolve) => gates.push(resolve));
      return pageParam;
    },
  });
  const stop = observer.subscribe(() => undefined);
  await vi.waitFor(() => expect(observer.getCurrentResult().isSuccess).toBe(true));

  const more = observer.fetchNextPage();
  await vi.waitFor(() => expect(gates).toHaveLength(1));
  const refreshed = refreshOutdated(queryClient, new Set(["builder"]));
  gates[0]?.();
  await Promise.all([more, refreshed]);

  expect(observer.getCurrentResult().data?.pages).toEqual([0, 1]);
  expect(asked).toEqual([0, 1, 0, 1]);
  stop();
});

test("what does not follow from the ledger is left alone", async () => {
  const queryClient = new QueryClient();
  const queryFn = vi.fn(async () => "people");
  const observer = new QueryObserver(queryClient, { queryKey: PEOPLE, queryFn, staleTime: Number.POSITIVE_INFINITY });
  const stop = observer.subscribe(() => undefined);
  await vi.waitFor(() => expect(observer.getCurrentResult().isSuccess).toBe(true));
  await refreshOutdated(queryClient, "all");
  expect(queryFn).toHaveBeenCalledTimes(1);
  stop();
});
