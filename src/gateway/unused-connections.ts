import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Follows a server's connections; the returned function closes those that carry no request at the moment. Node
 * itself counts one that has not sent anything yet among the busy ones, and waits for it.
 */
export function followUnusedConnections(server: Server): () => void {
  const silent = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    silent.add(socket);
    socket.once("close", () => silent.delete(socket));
  });
  server.on("request", (request) => silent.delete(request.socket));
  return () => {
    for (const socket of silent) socket.destroy();
    server.closeIdleConnections();
  };
}
