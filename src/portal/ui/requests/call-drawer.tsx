"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronDown, ChevronUp, X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";

import { callList } from "#portal/client/call-list.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { useReturnedFocus } from "#portal/ui/primitives/dialog.tsx";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { ScrollBox } from "#portal/ui/primitives/scroll-box.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { CallFacts } from "#portal/ui/requests/call-facts.tsx";
import type { CallView } from "#portal/ui/requests/use-call-view.ts";

type CallDrawerProps = { view: CallView; dashboardUrl: string | null };

/** All that is known of the open call, beside the list. Escape closes it; the list is where it was. */
export function CallDrawer({ view, dashboardUrl }: CallDrawerProps) {
  const focus = useReturnedFocus();
  return (
    <Radix.Root open={view.openId !== null} onOpenChange={(isOpen) => (isOpen ? undefined : view.open(null))}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-[appear_120ms_ease-out] bg-[oklch(0.15_0.01_240/0.45)]" />
        <Radix.Content
          aria-describedby={undefined}
          onOpenAutoFocus={focus.keep}
          onCloseAutoFocus={focus.giveBack}
          className="fixed inset-y-0 right-0 z-50 flex w-full max-w-xl flex-col border-l bg-surface shadow-float animate-[appear_140ms_ease-out]"
        >
          <header className="flex items-center gap-1 border-b px-4 py-2.5">
            <Radix.Title className="mr-auto text-lg font-semibold">Call</Radix.Title>
            <Neighbours view={view} />
            <Radix.Close
              aria-label="Close"
              className="grid size-8 place-items-center rounded-md text-ink-muted hover:bg-hover hover:text-ink max-md:size-10"
            >
              <X aria-hidden className="size-4" />
            </Radix.Close>
          </header>
          <ScrollBox label="About the call" className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
            {view.openId === null ? null : <OpenCall requestId={view.openId} view={view} dashboardUrl={dashboardUrl} />}
          </ScrollBox>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** The calls before and after this one, as far as the list is loaded. */
function Neighbours({ view }: { view: CallView }) {
  const trpc = useTRPC();
  const pages = useQueryClient().getQueryData(callList(trpc, view.query).queryKey)?.pages ?? [];
  const ids = pages.flatMap((page) => page.calls.map(({ id }) => id));
  const at = view.openId === null ? -1 : ids.indexOf(view.openId);
  if (at === -1) return null;
  const [before, after] = [ids[at - 1], ids[at + 1]];
  return (
    <>
      <Button
        look="quiet"
        className="px-2"
        aria-label="The call before"
        disabled={before === undefined}
        onClick={() => view.open(before ?? null)}
      >
        <ChevronUp aria-hidden />
      </Button>
      <Button
        look="quiet"
        className="px-2"
        aria-label="The next call"
        disabled={after === undefined}
        onClick={() => view.open(after ?? null)}
      >
        <ChevronDown aria-hidden />
      </Button>
    </>
  );
}

type OpenCallProps = CallDrawerProps & { requestId: string };

function OpenCall({ requestId, view, dashboardUrl }: OpenCallProps) {
  const trpc = useTRPC();
  const query = useQuery(trpc.requests.one.queryOptions({ requestId }, { staleTime: Number.POSITIVE_INFINITY }));
  if (query.data !== undefined) return <CallFacts call={query.data} view={view} dashboardUrl={dashboardUrl} />;
  if (query.error === null) return <SkeletonRows rows={12} label="Loading the call" />;
  return (
    <FailedState
      what="The call could not be loaded."
      reason={failureText(query.error) ?? ""}
      onRetry={() => void query.refetch()}
      isRetrying={query.isFetching}
    />
  );
}
