/** The option that Enter would open: the one gone to, or, where it is not among them any more, the first. Null: there is none. */
export function activeOption(options: readonly string[], chosen: string | null): string | null {
  if (chosen !== null && options.includes(chosen)) return chosen;
  return options[0] ?? null;
}

/** The option a step further on, or back; from the last one on to the first, and the other way round. */
export function steppedOption(options: readonly string[], active: string | null, step: 1 | -1): string | null {
  const at = active === null ? -1 : options.indexOf(active);
  if (at < 0) return options[0] ?? null;
  return options[(at + step + options.length) % options.length] ?? null;
}
