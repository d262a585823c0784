"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useEffect, useRef } from "react";

/** The address as the place where a view is kept. `go` changes what is after the "?", so that back is back. */
export function useAddress() {
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
  return { address, pathname, text, go };
}
