import { headerText } from "#domain/header-text.ts";

/** A call, as far as Helicone is told whose it is. */
export type TaggedCall = {
  /** A UUID: Helicone's row gets it too. */
  id: string;
  sessionId: string | null;
  agent: { name: string; ownerId: string | null; type: string | null };
};

/**
 * The headers that a call carries to Helicone's proxy beside those for Anthropic, as a flat name, value list. Helicone passes none of
 * them on. What nobody has said of the agent is left out.
 */
export function heliconeHeaders({ id, sessionId, agent }: TaggedCall, writeKey: string): string[] {
  const headers = [
    ...["Helicone-Auth", `Bearer ${writeKey}`],
    ...["Helicone-Request-Id", id],
    ...["Helicone-User-Id", agent.name],
    ...["Helicone-Property-Agent-Name", agent.name],
  ];
  add(headers, "Helicone-Property-Agent-Owner", agent.ownerId);
  add(headers, "Helicone-Property-Agent-Type", agent.type);
  add(headers, "Helicone-Session-Id", sessionId);
  return headers;
}

function add(headers: string[], name: string, value: string | null): void {
  if (value !== null && value !== "") headers.push(name, headerText(value));
}
