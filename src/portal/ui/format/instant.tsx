"use client";

import { calendarDay, clockTime, exactTime, relativeTime } from "#portal/ui/format/instants.ts";
import { useNow, useTimeZone } from "#portal/ui/format/viewer-clock.tsx";

type InstantProps = { at: Date; className?: string };

/** How long ago, with the exact instant in the viewer's zone as its title. */
export function RelativeTime({ at, className }: InstantProps) {
  const now = useNow();
  const timeZone = useTimeZone();
  return (
    <time dateTime={at.toISOString()} title={exactTime(at, timeZone)} className={className}>
      {relativeTime(at, now)}
    </time>
  );
}

/** The time of day in the viewer's zone, with the UTC instant as its title. */
export function ClockTime({ at, className }: InstantProps) {
  const now = useNow();
  const timeZone = useTimeZone();
  return (
    <time dateTime={at.toISOString()} title={exactTime(at, "UTC")} className={className}>
      {clockTime(at, now, timeZone)}
    </time>
  );
}

/** A calendar day in the viewer's zone. */
export function CalendarDay({ at, className }: InstantProps) {
  const timeZone = useTimeZone();
  return (
    <time dateTime={at.toISOString()} title={exactTime(at, timeZone)} className={className}>
      {calendarDay(at, timeZone)}
    </time>
  );
}
