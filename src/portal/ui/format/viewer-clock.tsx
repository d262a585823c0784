"use client";

import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";

const TICK_MS = 15_000;

const NowContext = createContext<Date | null>(null);

type ViewerClockProps = {
  /** The server's instant, so that the page comes alive with the words it was sent with. */ startsAt: Date;
  children: ReactNode;
};

/** One clock for the page, moving on every 15 seconds, so that "4 min ago" does not stand still. */
export function ViewerClock({ startsAt, children }: ViewerClockProps) {
  const [now, setNow] = useState(startsAt);
  useEffect(() => {
    setNow(new Date());
    const timer = setInterval(() => setNow(new Date()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return <NowContext value={now}>{children}</NowContext>;
}

/** The current instant of the page's clock. */
export function useNow(): Date {
  const now = useContext(NowContext);
  if (now === null) throw new Error("useNow needs a ViewerClock above it.");
  return now;
}

/** The viewer's time zone. The server does not know it: until the page has come alive it is UTC. */
export function useTimeZone(): string {
  return useSyncExternalStore(
    () => () => undefined,
    () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => "UTC",
  );
}
