import { randomBytes } from "node:crypto";
import http from "node:http";
import type { Socket } from "node:net";

export type TestSocket = {
  /** 101 once it is open, else what the handshake was answered. */
  status: number;
  headers: http.IncomingHttpHeaders;
  /** Sends a short text and resolves with what comes back. */
  echo(text: string): Promise<string>;
  /** Resolves when the other side ends it. */
  closed: Promise<void>;
  close(): void;
};

/** Opens a web socket as a browser does, with headers of one's choice. */
export function openWebSocket(address: string, headers: Record<string, string> = {}): Promise<TestSocket> {
  const { port, pathname, search } = new URL(address);
  const handshake = http.request({
    host: "127.0.0.1",
    port,
    path: pathname + search,
    headers: {
      host: new URL(address).host,
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": randomBytes(16).toString("base64"),
      ...headers,
    },
  });
  return new Promise((resolve, reject) => {
    handshake.once("error", reject);
    handshake.once("response", (answer) => {
      answer.resume();
      resolve(refusedSocket(answer));
    });
    handshake.once("upgrade", (answer, socket) => resolve(openSocket(answer, socket)));
    handshake.end();
  });
}

function refusedSocket({ statusCode = 0, headers }: http.IncomingMessage): TestSocket {
  const none = () => Promise.reject(new Error("the socket is not open"));
  return { status: statusCode, headers, echo: none, closed: Promise.resolve(), close: () => undefined };
}

function openSocket({ headers }: http.IncomingMessage, socket: Socket): TestSocket {
  socket.on("error", () => socket.destroy());
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("end", () => socket.end());
  return {
    status: 101,
    headers,
    closed,
    close: () => socket.destroy(),
    echo(text) {
      const payload = Buffer.from(text);
      const mask = randomBytes(4);
      const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
      socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | payload.length]), mask, masked]));
      return new Promise((resolve) => socket.once("data", (frame: Buffer) => resolve(frame.subarray(2).toString())));
    },
  };
}
