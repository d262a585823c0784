import { parseDocument } from "yaml";

import { BUDGET_ACTIONS, type BudgetAction } from "#domain/budget.ts";
import { amountProblem } from "#domain/limit-rules.ts";

/**
 * Limits that an agent's `template.yaml` proposes, as they would be typed: decimal dollars; null is "says nothing". They are
 * a proposal and nothing else: the agent can write the file, so only an admin who has seen them puts them in force.
 */
export type TemplateBudget = { daily: string | null; monthly: string | null; actionOnExceed: BudgetAction | null };

/** A larger file is nobody's template. */
export const TEMPLATE_BYTES_MAX = 64 * 1024;

/**
 * Reads the block `budget` of a template.
 * Null where there is none, and where it cannot be read: too large, no YAML, aliases, amounts that are none.
 */
export function parseTemplateBudget(text: string): TemplateBudget | null {
  if (Buffer.byteLength(text) > TEMPLATE_BYTES_MAX) return null;
  const { daily_limit: daily = null, monthly_limit: monthly = null, action_on_exceed: action = null } = budgetOf(text);
  if (
    [daily, monthly].some((amount) => amount !== null && (typeof amount !== "string" || amountProblem(amount) !== null))
  ) {
    return null;
  }
  const actionOnExceed = BUDGET_ACTIONS.find((known) => known === action) ?? null;
  if (action !== null && actionOnExceed === null) return null;
  if (daily === null && monthly === null) return null;
  return { daily: textOf(daily), monthly: textOf(monthly), actionOnExceed };
}

/** Every scalar stays the text that it was written as: an amount must not become a float on its way. */
function budgetOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const document = parseDocument(text, { schema: "failsafe", uniqueKeys: true });
    if (document.errors.length > 0) return {};
    const template: unknown = document.toJS({ maxAliasCount: 0 });
    return fieldsOf(fieldsOf(template).budget);
  } catch {
    return {}; // an alias, or what the parser gives up on
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value.trim() : null;
}
