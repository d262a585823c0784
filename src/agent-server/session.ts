import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";

import type { SessionSummary, TurnMetadata } from "#agent-server/chat-answer.ts";
import { parseJson, toNumber, toObject, toText } from "#agent-server/json-value.ts";
import { CONTEXT_WINDOW_DEFAULT } from "#agent-server/turn-metadata.ts";
import { wholeNanoUsd } from "#agent-server/turn-usage.ts";

/** The conversation: one, which lasts over turns and restarts until somebody begins a new one. */
export type Session = {
  /** Claude Code's id of it, or null before its first turn. */
  id(): string | null;
  summary(): SessionSummary;
  /** What a turn reports goes to the conversation it began in; once that was left, nowhere. */
  turn(): SessionTurn;
  /** Whether a model was ever asked for in it: Claude Code goes on with that one unless it is told another. */
  hasChosenModel(): boolean;
  /** Begins a new conversation. The old one's transcript stays where Claude Code keeps it. */
  reset(): Promise<void>;
};

export type SessionTurn = {
  begun(sessionId: string): void;
  /** A model was asked for. */
  chosen(): void;
  ended(metadata: TurnMetadata, contextTokens: number | null): void;
};

type SessionState = SessionSummary & { session_id: string | null; has_chosen_model: boolean };

const EMPTY: SessionState = {
  session_id: null,
  has_chosen_model: false,
  total_cost_usd: 0,
  context_tokens: 0,
  context_window: CONTEXT_WINDOW_DEFAULT,
  message_count: 0,
  model: null,
};
const SESSION_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Opens the conversation that the file tells of. Without a usable file it is a new one; what cannot be written is
 * reported and kept in memory.
 */
export async function openSession(file: string, onError: (error: unknown) => void): Promise<Session> {
  let state = parseState(await readFile(file, "utf8").catch(() => ""));
  let epoch = 0;
  let written: Promise<unknown> = Promise.resolve();

  function save(next: SessionState): Promise<unknown> {
    state = next;
    written = written.then(() => writeWhole(file, JSON.stringify(next))).catch(onError);
    return written;
  }

  return {
    id: () => state.session_id,
    summary: () => {
      const { session_id: _id, has_chosen_model: _isChosen, ...summary } = state;
      return summary;
    },
    turn() {
      const begunIn = epoch;
      const change = (next: Partial<SessionState>) => {
        if (begunIn === epoch) void save({ ...state, ...next });
      };
      return {
        begun(sessionId) {
          if (SESSION_ID.test(sessionId)) change({ session_id: sessionId });
        },
        chosen: () => change({ has_chosen_model: true }),
        ended: (metadata, contextTokens) =>
          change({
            total_cost_usd: wholeNanoUsd(state.total_cost_usd + (metadata.cost_usd ?? 0)),
            context_tokens: contextTokens ?? state.context_tokens,
            context_window: metadata.context_window,
            message_count: state.message_count + 2,
            model: metadata.model ?? state.model,
          }),
      };
    },
    hasChosenModel: () => state.has_chosen_model,
    async reset() {
      epoch += 1;
      await save(EMPTY);
    },
  };
}

/** The file lies where the agent can write: nothing in it is believed that is not of the right kind. */
function parseState(text: string): SessionState {
  const saved = toObject(parseJson(text));
  const id = toText(saved.session_id);
  const count = (value: unknown, fallback: number) => Math.max(0, toNumber(value) ?? fallback);
  return {
    session_id: id !== null && SESSION_ID.test(id) ? id : null,
    has_chosen_model: saved.has_chosen_model === true,
    total_cost_usd: count(saved.total_cost_usd, 0),
    context_tokens: count(saved.context_tokens, 0),
    context_window: count(saved.context_window, CONTEXT_WINDOW_DEFAULT) || CONTEXT_WINDOW_DEFAULT,
    message_count: Math.floor(count(saved.message_count, 0)),
    model: toText(saved.model),
  };
}

/** Whole or not at all, also when the process is killed meanwhile. */
async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
