"use client";

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { MailCheck } from "lucide-react";

import type { Delivery } from "#portal/client/answers.ts";
import { deliveryLog } from "#portal/client/delivery-log.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { ClockTime } from "#portal/ui/format/instant.tsx";
import { DeliveryState } from "#portal/ui/notifications/delivery-state.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Cell, DataTable, HeadCell, Row, RowHead } from "#portal/ui/primitives/data-table.tsx";
import { EmptyState } from "#portal/ui/primitives/empty-state.tsx";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";

const REFETCH_MS = 5_000;

/** What became of each message, the newest first. */
export function DeliveriesPanel() {
  const trpc = useTRPC();
  const query = useInfiniteQuery({ ...deliveryLog(trpc), refetchInterval: REFETCH_MS });
  const entries = query.data?.pages.flatMap((page) => page.entries);
  return (
    <div id="deliveries" className="min-w-0 scroll-mt-16">
      <Panel title="Deliveries" note="A message that fails is tried again for three days." isFlush>
        {entries === undefined ? <NotYet query={query} /> : <Entries entries={entries} />}
        {query.hasNextPage ? (
          <div className="flex justify-end border-t px-4 pt-2.5 pb-1.5">
            <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Load more
            </Button>
          </div>
        ) : null}
      </Panel>
    </div>
  );
}

function NotYet({ query }: { query: { error: unknown; isFetching: boolean; refetch: () => unknown } }) {
  if (query.error === null) return <SkeletonRows rows={6} label="Loading the deliveries" />;
  return (
    <FailedState
      what="The deliveries could not be loaded."
      reason={failureText(query.error) ?? ""}
      onRetry={() => void query.refetch()}
      isRetrying={query.isFetching}
    />
  );
}

function Entries({ entries }: { entries: Delivery[] }) {
  if (entries.length === 0) {
    return (
      <EmptyState icon={MailCheck} title="Nothing was sent yet">
        Each message is listed here with what became of it.
      </EmptyState>
    );
  }
  return (
    <DataTable caption="Messages, newest first">
      <thead>
        <tr>
          <HeadCell>Message</HeadCell>
          <HeadCell className="max-md:hidden">To</HeadCell>
          <HeadCell>State</HeadCell>
          <HeadCell isNumeric className="max-md:hidden">
            Written
          </HeadCell>
          <HeadCell className="max-md:hidden">
            <span className="sr-only">Actions</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <DeliveryRow key={entry.id} entry={entry} />
        ))}
      </tbody>
    </DataTable>
  );
}

function DeliveryRow({ entry }: { entry: Delivery }) {
  return (
    <Row>
      <RowHead className="min-w-32 align-top">
        <span className="break-words">{entry.title}</span>
        <span className="block text-xs text-ink-muted md:hidden">
          <span className="[overflow-wrap:anywhere]">{entry.recipient}</span>
          <ClockTime at={entry.createdAt} className="block" />
        </span>
      </RowHead>
      <Cell className="max-md:hidden">
        <span className="break-all">{entry.recipient}</span>
        <span className="block text-xs text-ink-muted">{entry.channelName}</span>
      </Cell>
      <Cell>
        <DeliveryState entry={entry} />
        {entry.state === "failed" ? (
          <div className="mt-1 md:hidden">
            <Retry entry={entry} />
          </div>
        ) : null}
      </Cell>
      <Cell isNumeric className="text-ink-muted max-md:hidden">
        <ClockTime at={entry.createdAt} />
      </Cell>
      <Cell isNumeric className="max-md:hidden">
        {entry.state === "failed" ? <Retry entry={entry} /> : null}
      </Cell>
    </Row>
  );
}

function Retry({ entry }: { entry: Delivery }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const retry = useMutation(
    trpc.notifications.retry.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.notifications.log.pathFilter()),
    }),
  );
  return (
    <>
      <Button
        isBusy={retry.isPending}
        aria-label={`Send again to ${entry.recipient}: ${entry.title}`}
        onClick={() => retry.mutate({ id: entry.id })}
      >
        Send again
      </Button>
      {retry.error ? (
        <span role="alert" className="block max-w-48 text-xs whitespace-normal text-stop">
          {failureText(retry.error)}
        </span>
      ) : null}
    </>
  );
}
