/** Anthropic's families of models. `other`: a model of another name, whatever it is called. */
export const MODEL_FAMILIES = ["opus", "sonnet", "haiku", "fable", "mythos", "other"] as const;
export type ModelFamily = (typeof MODEL_FAMILIES)[number];

/**
 * The family of a model by its name. A name is whatever an agent has sent: as the label of a metric it would let one agent
 * fill the operators' memory, a family does not.
 */
export function modelFamilyOf(model: string): ModelFamily {
  if (!model.startsWith("claude-")) return "other";
  return MODEL_FAMILIES.find((family) => model.includes(family)) ?? "other";
}
