/** A UTC instant to the minute: prices begin for everybody at once. */
export function utcMinute(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
