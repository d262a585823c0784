import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

const waiting = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls `onGone`, once, if the client goes away before it has the whole answer. A response alone does not tell:
 * one that was pipelined and waits for its turn on the connection never hears that the connection is gone.
 */
export function watchClient(request: IncomingMessage, response: ServerResponse, onGone: () => void): void {
  const gone = () => {
    callbacks.delete(gone);
    if (!response.writableFinished) onGone();
  };
  const callbacks = callbacksOf(request.socket);
  callbacks.add(gone);
  response.once("close", () => {
    if (callbacks.has(gone)) gone();
  });
}

/** One listener for each connection, however many requests it carries. */
function callbacksOf(socket: Socket): Set<() => void> {
  const known = waiting.get(socket);
  if (known !== undefined) return known;
  const callbacks = new Set<() => void>();
  waiting.set(socket, callbacks);
  socket.once("close", () => {
    for (const gone of callbacks) gone();
  });
  return callbacks;
}
