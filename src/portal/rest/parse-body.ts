import type { z } from "zod";

import { DomainError } from "#domain/errors.ts";

/**
 * The body of a program's request. Programs have no form that shows where something is wrong: the message begins with the field.
 * @throws DomainError invalid_input
 */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new DomainError("invalid_input", problemOf(parsed.error.issues[0]));
}

function problemOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined || (issue.path.length === 0 && issue.code === "invalid_type")) return "Send a JSON object.";
  if (issue.code === "unrecognized_keys") return `There is no field "${issue.keys[0]}" here.`;
  const field = issue.path.join(".");
  if (field === "") return issue.message;
  if (issue.input === undefined) return `${field}: is missing.`;
  // What the library says by itself is for developers.
  const isTheirs = /^(Invalid|Too)\b/.test(issue.message);
  return `${field}: ${isTheirs ? "this value cannot be used." : issue.message}`;
}
