const TEXT_LENGTH_MAX = 2_000;
const MEMBERS_MAX = 50;
const DEPTH_MAX = 4;

/** A JSON value for a log: long texts and lists are cut, and what is nested too deeply is left out. */
export function shortened(value: unknown, depth = 0): unknown {
  if (typeof value === "string") {
    return value.length <= TEXT_LENGTH_MAX ? value : `${value.slice(0, TEXT_LENGTH_MAX)}…`;
  }
  if (typeof value !== "object" || value === null) return value;
  if (depth === DEPTH_MAX) return "…";
  if (Array.isArray(value)) return value.slice(0, MEMBERS_MAX).map((member) => shortened(member, depth + 1));
  const members = Object.entries(value).slice(0, MEMBERS_MAX);
  return Object.fromEntries(members.map(([key, member]) => [key, shortened(member, depth + 1)]));
}
