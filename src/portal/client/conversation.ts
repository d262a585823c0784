import { type StreamEvent, type StreamRefusal, streamChat } from "#portal/client/chat-stream.ts";

export type ToolLine = { id: string; tool: string; state: "started" | "succeeded" | "failed" };

/** What the person said, and what came of it so far. */
export type Exchange = {
  id: number;
  question: string;
  askedAt: Date;
  /** Paragraphs by their number, as far as they have come. */
  parts: ReadonlyMap<number, string>;
  tools: readonly ToolLine[];
  state: "waiting" | "answering" | "answered" | "stopped" | "refused";
  refusal: StreamRefusal | null;
  /** Under which the ledger's record has it; null until the portal has said so. */
  turnId: string | null;
};

export type Conversation = { exchanges: readonly Exchange[]; isRunning: boolean };

type Kept = { current: Conversation; listeners: Set<() => void>; running: AbortController | null };

const NOTHING_SAID: Conversation = { exchanges: [], isRunning: false };

/** Who talks to whom: another person may sign in in the same tab. */
export type Talk = { viewerId: string; agentName: string };

/** In this tab only, and for as long as it is open: what is said to agents is kept by nobody but them. */
const CONVERSATIONS = new Map<string, Kept>();

/** What was said from this tab. */
export function conversationOf(talk: Talk): Conversation {
  return CONVERSATIONS.get(keyOf(talk))?.current ?? NOTHING_SAID;
}

/** Calls when it changes; the returned function ends that. */
export function followConversation(talk: Talk, onChange: () => void): () => void {
  const { listeners } = keptFor(talk);
  listeners.add(onChange);
  return () => listeners.delete(onChange);
}

/** Says something to the agent, and follows its answer, whichever page the person looks at meanwhile. */
export async function say(talk: Talk, question: string): Promise<void> {
  const kept = keptFor(talk);
  if (kept.running !== null) return;
  const running = new AbortController();
  kept.running = running;
  const asked = startExchange(kept.current.exchanges.length, question);
  replace(kept, { exchanges: [...kept.current.exchanges, asked], isRunning: true });
  for await (const event of streamChat(talk.agentName, question, running.signal)) {
    change(kept, asked.id, (exchange) => withEvent(exchange, event));
  }
  if (running.signal.aborted) change(kept, asked.id, (exchange) => ({ ...exchange, state: "stopped" }));
  kept.running = null;
  replace(kept, { ...kept.current, isRunning: false });
}

/** Ends the turn that runs: the agent stops working on it. */
export function stopTalking(talk: Talk): void {
  keptFor(talk).running?.abort();
}

/** What an exchange looks like before anything has come. */
export function startExchange(id: number, question: string): Exchange {
  const askedAt = new Date();
  return { id, question, askedAt, parts: new Map(), tools: [], state: "waiting", refusal: null, turnId: null };
}

/** The exchange after one more event. */
export function withEvent(exchange: Exchange, event: StreamEvent): Exchange {
  switch (event.type) {
    case "begun":
      return { ...exchange, turnId: event.turnId };
    case "text": {
      const parts = new Map(exchange.parts);
      parts.set(event.part, (parts.get(event.part) ?? "") + event.text);
      return { ...exchange, parts, state: "answering" };
    }
    case "tool":
      return { ...exchange, tools: withTool(exchange.tools, event), state: "answering" };
    case "retry":
      return { ...exchange, parts: new Map([...exchange.parts].filter(([part]) => part < event.part)) };
    case "answered":
      return {
        ...exchange,
        parts: exchange.parts.size === 0 ? new Map([[1, event.response]]) : exchange.parts,
        state: "answered",
      };
    case "refused":
      return { ...exchange, refusal: event.refusal, state: "refused" };
  }
}

function withTool(tools: readonly ToolLine[], { id, tool, state }: ToolLine): ToolLine[] {
  const isKnown = id !== "" && tools.some((line) => line.id === id);
  return isKnown ? tools.map((line) => (line.id === id ? { id, tool, state } : line)) : [...tools, { id, tool, state }];
}

function keyOf({ viewerId, agentName }: Talk): string {
  return `${viewerId} ${agentName}`;
}

function keptFor(talk: Talk): Kept {
  let kept = CONVERSATIONS.get(keyOf(talk));
  if (kept === undefined) {
    kept = { current: NOTHING_SAID, listeners: new Set(), running: null };
    CONVERSATIONS.set(keyOf(talk), kept);
  }
  return kept;
}

function change(kept: Kept, id: number, next: (exchange: Exchange) => Exchange): void {
  const exchanges = kept.current.exchanges.map((exchange) => (exchange.id === id ? next(exchange) : exchange));
  replace(kept, { ...kept.current, exchanges });
}

function replace(kept: Kept, next: Conversation): void {
  kept.current = next;
  for (const listener of kept.listeners) listener();
}
