import type { CallSpan } from "#domain/call-query.ts";

/** How a list of sessions is put in order: by the last call, or by the cost. */
export const SESSION_SORTS = ["latest", "dearest"] as const;
export type SessionSort = (typeof SESSION_SORTS)[number];

/** A view of the sessions: those that called in the span, each as a whole. `agentName` null: of all agents. */
export type SessionQuery = { span: CallSpan; sort: SessionSort; agentName: string | null };
