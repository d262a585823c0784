"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronDown, ChevronUp } from "lucide-react";

import { callList } from "#portal/client/call-list.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Drawer } from "#portal/ui/primitives/drawer.tsx";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { CallFacts } from "#portal/ui/requests/call-facts.tsx";
import type { CallView } from "#portal/ui/requests/use-call-view.ts";

type CallDrawerProps = { view: CallView; dashboardUrl: string | null };

/** All that is known of the open call, beside the list. Escape closes it; the list is where it was. */
export function CallDrawer({ view, dashboardUrl }: CallDrawerProps) {
  return (
    <Drawer
      title="Call"
      label="About the call"
      isOpen={view.openId !== null}
      onClose={() => view.open(null)}
      actions={<Neighbours view={view} />}
    >
      {view.openId === null ? null : <OpenCall requestId={view.openId} view={view} dashboardUrl={dashboardUrl} />}
    </Drawer>
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
