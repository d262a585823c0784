"use client";

import type { CallFilter, CallQuery } from "#domain/call-query.ts";
import { callQueryOf, withCall, withQuery } from "#portal/client/call-address.ts";
import { useAddress } from "#portal/ui/use-address.ts";

type ViewPart = Partial<Omit<CallQuery, "filter">> & { filter?: Partial<CallFilter> };

export type CallView = {
  query: CallQuery;
  /** The call that is open; null: none. */
  openId: string | null;
  /** Changes parts of the view, and leaves the others as the address has them at that moment. */
  show: (part: ViewPart) => void;
  narrow: (part: Partial<CallFilter>) => void;
  /** Where a call opens, for links. */
  hrefOf: (requestId: string) => string;
  open: (requestId: string | null) => void;
};

/** The view of the calls that the address holds: changing it changes the address, and back is back. */
export function useCallView(): CallView {
  const { address, pathname, text, go } = useAddress();
  const show = ({ filter, ...part }: ViewPart) =>
    go((now) => {
      const query = callQueryOf(new URLSearchParams(now));
      return withQuery(now, { ...query, ...part, filter: { ...query.filter, ...filter } });
    });
  return {
    query: callQueryOf(address),
    openId: address.get("call"),
    show,
    narrow: (filter) => show({ filter }),
    hrefOf: (requestId) => pathname + withCall(text, requestId),
    open: (requestId) => go((now) => withCall(now, requestId)),
  };
}
