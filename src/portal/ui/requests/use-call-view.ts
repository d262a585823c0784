"use client";

import { usePathname, useSearchParams } from "next/navigation";

import type { CallFilter, CallQuery } from "#domain/call-query.ts";
import { callQueryOf, withCall, withQuery } from "#portal/client/call-address.ts";

export type CallView = {
  query: CallQuery;
  /** The call that is open; null: none. */
  openId: string | null;
  show: (query: CallQuery) => void;
  narrow: (part: Partial<CallFilter>) => void;
  /** Where a call opens, for links. */
  hrefOf: (requestId: string) => string;
  open: (requestId: string | null) => void;
};

/** The view of the calls that the address holds: changing it changes the address, and back is back. */
export function useCallView(): CallView {
  const pathname = usePathname();
  const address = useSearchParams();
  const text = address.toString();
  const query = callQueryOf(address);
  const go = (search: string) => window.history.pushState(null, "", pathname + search);
  const show = (next: CallQuery) => go(withQuery(text, next));
  return {
    query,
    openId: address.get("call"),
    show,
    narrow: (part) => show({ ...query, filter: { ...query.filter, ...part } }),
    hrefOf: (requestId) => pathname + withCall(text, requestId),
    open: (requestId) => go(withCall(text, requestId)),
  };
}
