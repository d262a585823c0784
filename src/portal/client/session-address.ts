import { CALL_SPANS } from "#domain/call-query.ts";
import { SESSION_SORTS, type SessionQuery } from "#domain/session-query.ts";
import { type Address, callQueryText, FIRST_QUERY } from "#portal/client/call-address.ts";

/** Which session is open: ids are what clients say, so a session is one agent's. */
export type SessionKey = { agentId: number; sessionId: string };

export const FIRST_SESSIONS: SessionQuery = { span: "7d", sort: "latest", agentName: null };

/** The view of the sessions that an address asks for. What cannot be read is as if it were not there. */
export function sessionQueryOf(address: Address): SessionQuery {
  const agentName = address.get("agent")?.trim() ?? "";
  return {
    span: CALL_SPANS.find((span) => span === address.get("span")) ?? FIRST_SESSIONS.span,
    sort: SESSION_SORTS.find((sort) => sort === address.get("sort")) ?? FIRST_SESSIONS.sort,
    agentName: agentName === "" || agentName.length > 200 ? null : agentName,
  };
}

const KEY = /^(\d{1,9})\.(.{1,200})$/;

/** The session that an address opens; null: none. */
export function openSessionOf(address: Address): SessionKey | null {
  const [, agentId, sessionId] = KEY.exec(address.get("open") ?? "") ?? [];
  return agentId === undefined || sessionId === undefined ? null : { agentId: Number(agentId), sessionId };
}

/** The address with another view in it: whatever else it holds stays, but no session is open. */
export function withSessions(address: string, { span, sort, agentName }: SessionQuery): string {
  const search = new URLSearchParams(address);
  for (const name of ["span", "sort", "agent", "open"]) search.delete(name);
  if (agentName !== null) search.set("agent", agentName);
  if (span !== FIRST_SESSIONS.span) search.set("span", span);
  if (sort !== FIRST_SESSIONS.sort) search.set("sort", sort);
  return search.size === 0 ? "?" : `?${search}`;
}

/** The address with a session opened, or with none. */
export function withSession(address: string, key: SessionKey | null): string {
  const search = new URLSearchParams(address);
  if (key === null) search.delete("open");
  else search.set("open", `${key.agentId}.${key.sessionId}`);
  return search.size === 0 ? "?" : `?${search}`;
}

type SomeCalls = { firstCallAt: Date; endedAt: Date; sessionId: string; subagentId?: string };

/** Where the calls of a session, of a part of it, or of one of its subagents are listed. */
export function sessionCallsHref({ firstCallAt, endedAt, sessionId, subagentId = "" }: SomeCalls): string {
  const filter = { ...FIRST_QUERY.filter, sessionId, subagentId: subagentId === "" ? null : subagentId };
  const span = { start: firstCallAt, end: new Date(endedAt.getTime() + 1) };
  return `/requests?${callQueryText({ ...FIRST_QUERY, span, filter })}`;
}
