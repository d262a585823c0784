import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** A web application that lets the door sign in, and answers everything else as a test wants. */
export type HostileWeb = {
  url: string;
  /** Method and path of everything but sign-ins, in order. */
  asked: string[];
  headers: IncomingMessage["headers"][];
  signIns: number;
  /** Assign to change what is answered. */
  answer: (request: IncomingMessage, response: ServerResponse) => void;
  upgrade: (request: IncomingMessage, socket: Duplex) => void;
  close(): Promise<void>;
};

/** Starts one on a free port. */
export async function startHostileWeb(): Promise<HostileWeb> {
  const web: Omit<HostileWeb, "url" | "close"> = {
    asked: [],
    headers: [],
    signIns: 0,
    answer: (_request, response) => void response.end("fine"),
    upgrade: (_request, socket) => void socket.destroy(),
  };
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === "/api/auth/sign-in/email") {
      web.signIns += 1;
      response.setHeader(
        "set-cookie",
        `better-auth.session_token=session-${web.signIns}; Max-Age=604800; Path=/; HttpOnly`,
      );
      return void response.end("{}");
    }
    web.asked.push(`${request.method} ${request.url}`);
    web.headers.push(request.headers);
    web.answer(request, response);
  });
  const sockets = new Set<Duplex>();
  server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
    socket.on("error", () => socket.destroy());
    sockets.add(socket);
    web.upgrade(request, socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // on TCP
  return Object.assign(web, {
    url: `http://127.0.0.1:${port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await closed;
    },
  });
}
