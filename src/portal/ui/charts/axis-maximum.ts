/** The axis has four steps of a length that people count in. */
const STEPS = 4;
const ROUND = [1, 2, 2.5, 5, 10];

/**
 * Where an axis from 0 has to end, so that it holds `highest` and its four steps are round numbers. Undefined when
 * there is nothing to hold: the chart then decides.
 */
export function axisMaximum(highest: number): number | undefined {
  if (!(highest > 0)) return undefined;
  const least = highest / STEPS;
  const magnitude = 10 ** Math.floor(Math.log10(least));
  const factor = ROUND.find((round) => round * magnitude >= least * (1 - Number.EPSILON)) ?? 10;
  return factor * magnitude * STEPS;
}
