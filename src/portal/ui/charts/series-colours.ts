/** The chart library's names of the colours of a stacked chart's parts, in their order (values: globals.css). */
export const SERIES_COLOURS = ["blue", "orange", "emerald", "fuchsia", "amber", "violet", "gray"] as const;

/** The colour of a part, for what is drawn outside the library. */
export function seriesColour(at: number): string {
  return `var(--color-${SERIES_COLOURS[at % SERIES_COLOURS.length]}-500)`;
}
