const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const UTC_DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** How long ago, in the unit a person would use: "just now", "4 min ago", "3 h ago", "5 days ago". */
export function relativeTime(at: Date, now: Date): string {
  const agoMs = now.getTime() - at.getTime();
  if (agoMs < 45_000) return "just now";
  if (agoMs < 59.5 * MINUTE_MS) return `${Math.max(1, Math.round(agoMs / MINUTE_MS))} min ago`;
  if (agoMs < 23.5 * HOUR_MS) return `${Math.round(agoMs / HOUR_MS)} h ago`;
  const days = Math.round(agoMs / DAY_MS);
  return days === 1 ? "1 day ago" : `${days} days ago`;
}

/** The whole instant in one zone, to the second: "24 Nov 2026, 14:02:07 UTC". */
export function exactTime(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZone,
    timeZoneName: "short",
  }).format(at);
}

/** The time of a call in one zone; with the day when it is not that zone's today: "14:02:07", "23 Nov, 14:02:07". */
export function clockTime(at: Date, now: Date, timeZone: string): string {
  const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone });
  const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone });
  return day.format(at) === day.format(now) ? time.format(at) : `${day.format(at)}, ${time.format(at)}`;
}

/** A UTC day, as the label of a bar: "24 Nov". */
export function utcDay(at: Date): string {
  return UTC_DAY.format(at);
}

/**
 * An instant by the clocks of one zone, which it names: "00:00 UTC" within a day from now, "1 Dec, 00:00 Asia/Kolkata"
 * beyond it.
 */
export function zonedTime(at: Date, now: Date, timeZone: string): string {
  const time = `${new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(at)} ${timeZone}`;
  if (at.getTime() - now.getTime() <= DAY_MS) return time;
  return `${new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone }).format(at)}, ${time}`;
}

/** A day in one zone, for things that are not events of today: "24 Nov 2026". */
export function calendarDay(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone }).format(at);
}
