import type { AgentServerConfig } from "#agent-server/agent-server-config.ts";
import type { Session } from "#agent-server/session.ts";
import type { TurnQueue } from "#agent-server/turn-queue.ts";
import type { SecretMask } from "#domain/secret-mask.ts";
import type { Log } from "#log.ts";

/** What the routes of an agent's server share. */
export type AgentServer = {
  config: AgentServerConfig;
  log: Log;
  mask: SecretMask;
  session: Session;
  queue: TurnQueue;
  /** Aborts when the server is to end. */
  stopping: AbortSignal;
};
