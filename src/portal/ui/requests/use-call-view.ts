"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useEffect, useRef } from "react";

import type { CallFilter, CallQuery } from "#domain/call-query.ts";
import { callQueryOf, withCall, withQuery } from "#portal/client/call-address.ts";

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
  const pathname = usePathname();
  const address = useSearchParams();
  const text = address.toString();
  // The page is a step behind the address while Next renders, and Next sets the address back meanwhile: what was asked for last is
  // kept here, so that whoever chooses twice in a row chooses both.
  const asked = useRef<string | null>(null);
  useEffect(() => {
    if (asked.current === text) asked.current = null;
  }, [text]);
  useEffect(() => {
    const forget = () => {
      asked.current = null;
    };
    window.addEventListener("popstate", forget);
    return () => window.removeEventListener("popstate", forget);
  }, []);

  const go = (change: (now: string) => string) => {
    const search = change(asked.current ?? text);
    const next = new URLSearchParams(search).toString();
    asked.current = next === text ? null : next;
    window.history.pushState(null, "", pathname + search);
  };
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
