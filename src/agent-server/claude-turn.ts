import { randomUUID } from "node:crypto";

import type { AgentServerConfig } from "#agent-server/agent-server-config.ts";
import { claudeArguments, userMessage } from "#agent-server/claude-command.ts";
import { type ClaudeProcess, type ProcessEnd, startClaude } from "#agent-server/claude-process.ts";
import { findClaude, notInstalled } from "#agent-server/find-claude.ts";
import { parseJson, toObject, toText } from "#agent-server/json-value.ts";
import { failureIn, failureOfEnd, isSessionLost, type TurnFailure } from "#agent-server/turn-failure.ts";
import { createTurnReader, type TurnEvent, type TurnReader, type TurnRecord } from "#agent-server/turn-reader.ts";
import type { SecretMask } from "#domain/secret-mask.ts";

export type TurnOptions = {
  config: AgentServerConfig;
  mask: SecretMask;
  message: string;
  model: string | null;
  /** The session to continue; null begins a new one. */
  sessionId: string | null;
  onEvent(event: TurnEvent): void;
  /** As soon as it is known: the session is there to be continued even if this turn fails. */
  onSession(sessionId: string): void;
  /** Stops the turn when it aborts. */
  signal: AbortSignal;
};

export type TurnOutcome =
  | { kind: "answered"; response: string }
  | { kind: "failed"; failure: TurnFailure }
  | { kind: "stopped" }
  /** The session to be continued is not there any more; nothing was sent. */
  | { kind: "session_lost" };

export type Turn = {
  outcome: Promise<TurnOutcome>;
  /** Complete once the outcome is there. */
  record: TurnRecord;
  /** Resolves when the program is gone; the next turn must not begin before. */
  ended: Promise<unknown>;
};

/**
 * Runs Claude Code for one turn: a process that begins with the message and ends with the answer, so that nothing of
 * a turn that went wrong is left for the next. The session lives in files of Claude Code's own and is resumed by id.
 */
export async function startTurn(options: TurnOptions): Promise<Turn> {
  const { config, mask, signal } = options;
  const reader = createTurnReader(mask, () => new Date());
  const program = await findClaude(config.claudeCode, config.claudeEnvironment.PATH ?? "");
  if (program === null) {
    const failure: TurnFailure = { code: "claude_not_installed", message: notInstalled(config.claudeCode) };
    const outcome = Promise.resolve({ kind: "failed", failure } as const);
    return { outcome, record: reader.record, ended: outcome };
  }
  const claude = launch(options, program, reader);
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), config.turnTimeoutMs);
  const stopped = stopOnAbort(claude, AbortSignal.any([signal, limit.signal]));
  const outcome = claude.lastLine.then((end) => {
    clearTimeout(timer);
    if (signal.aborted) return { kind: "stopped" } as const;
    if (limit.signal.aborted) return failed(timeLimit(config.turnTimeoutMs));
    return outcomeOf(reader.record, end, mask);
  });
  return { outcome, record: reader.record, ended: claude.ended.then(stopped) };
}

/** Returns how to wait for the stop, if one was begun. */
function stopOnAbort(claude: ClaudeProcess, signal: AbortSignal): () => Promise<void> {
  let stopped = Promise.resolve();
  const stop = () => {
    stopped = claude.stop();
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return () => {
    signal.removeEventListener("abort", stop);
    return stopped;
  };
}

function launch(options: TurnOptions, program: string, reader: TurnReader): ClaudeProcess {
  const { config, model, sessionId } = options;
  const { permissions, settingsFile } = config;
  let announced = sessionId;
  const announce = ({ sessionId: id, model: hasBegun }: TurnRecord) => {
    if (id === null || id === announced || hasBegun === null) return;
    announced = id;
    options.onSession(id);
  };
  return startClaude({
    program,
    args: claudeArguments({ permissions, isRoot: process.getuid?.() === 0, settingsFile, model, sessionId }),
    cwd: config.workspace,
    environment: config.claudeEnvironment,
    turnId: randomUUID(),
    input: userMessage(options.message),
    onLine(line) {
      for (const event of reader.take(toObject(parseJson(line)))) options.onEvent(event);
      announce(reader.record);
      return reader.record.result === null ? "more" : "last";
    },
  });
}

function outcomeOf({ result }: TurnRecord, end: ProcessEnd | null, mask: SecretMask): TurnOutcome {
  if (result !== null && isSessionLost(result)) return { kind: "session_lost" };
  const failure = result === null ? failureOfEnd(end) : failureIn(result);
  if (failure !== null) return failed({ ...failure, message: mask.text(failure.message) });
  return { kind: "answered", response: mask.text(toText(result?.result) ?? "") };
}

function timeLimit(timeoutMs: number): TurnFailure {
  const minutes = Math.round(timeoutMs / 60_000);
  const limit = minutes >= 1 ? `${minutes} minutes` : `${timeoutMs / 1_000} seconds`;
  return { code: "time_limit", message: `A turn may take ${limit}. Ask for less at once, or raise the limit.` };
}

function failed(failure: TurnFailure): TurnOutcome {
  return { kind: "failed", failure };
}
