import type { ServerResponse } from "node:http";

import type { ChatEvents } from "#agent-server/chat-answer.ts";

/** An answer in pieces: server-sent events. */
export type EventStream = {
  send<K extends keyof ChatEvents>(event: K, data: ChatEvents[K]): void;
  end(): void;
};

const KEEP_ALIVE_MS = 15_000;
/** A caller who does not read for so long that this much waits for it is treated as gone. */
const WAITING_BYTES_MAX = 8 * 1024 * 1024;

/** Begins the answer at once, and says something every 15 s so that nobody in between takes it for dead. */
export function beginEventStream(response: ServerResponse): EventStream {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store, no-transform",
    "x-accel-buffering": "no",
  });
  response.flushHeaders();
  const keepAlive = setInterval(() => write(": still at it\n\n"), KEEP_ALIVE_MS);
  response.once("close", () => clearInterval(keepAlive));

  function write(text: string): void {
    if (response.destroyed || response.writableEnded) return;
    response.write(text);
    if (response.writableLength > WAITING_BYTES_MAX) response.destroy();
  }

  return {
    send: (event, data) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    end() {
      clearInterval(keepAlive);
      response.end();
    },
  };
}
