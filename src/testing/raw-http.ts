import net from "node:net";

/** Who sends by hand: headers, framing and all. */
export type RawConnection = {
  write(bytes: string | Buffer): void;
  /** What has come so far, one character for each byte. */
  received(): string;
  /** Resolves with everything received: when the other side closes, or is silent for `quietMs`. */
  read(quietMs?: number): Promise<string>;
  /** Leaves at once, without a word. */
  destroy(): void;
  /** Says that nothing more comes, and goes on reading. */
  end(): void;
  closed: Promise<void>;
};

/** Opens a connection to an HTTP server at `url`. */
export async function connectRaw(url: string): Promise<RawConnection> {
  const socket = net.connect({ port: Number(new URL(url).port), host: "127.0.0.1", allowHalfOpen: true });
  let received = "";
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => socket.destroy());
  socket.on("end", () => socket.end());
  socket.setEncoding("latin1").on("data", (text: string) => {
    received += text;
  });
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  return {
    write: (bytes) => void socket.write(bytes),
    received: () => received,
    async read(quietMs = 400) {
      let timer: NodeJS.Timeout | null = null;
      const quiet = new Promise<void>((resolve) => {
        const restart = () => {
          if (timer !== null) clearTimeout(timer);
          timer = setTimeout(resolve, quietMs);
        };
        restart();
        socket.on("data", restart);
      });
      await Promise.race([closed, quiet]);
      if (timer !== null) clearTimeout(timer);
      return received;
    },
    destroy: () => socket.destroy(),
    end: () => socket.end(),
    closed,
  };
}

/** Sends bytes over a connection of their own, and leaves with the answer. */
export async function sendRaw(url: string, bytes: string | Buffer): Promise<string> {
  const connection = await connectRaw(url);
  connection.write(bytes);
  const received = await connection.read();
  connection.destroy();
  return received;
}

/** The request line and headers of a POST, ready for its body. */
export function rawHead(headers: readonly string[], path = "/v1/messages"): string {
  return [`POST ${path} HTTP/1.1`, "Host: gateway", ...headers, "", ""].join("\r\n");
}

/** A complete answer taken apart; `body` as it stands on the wire. */
export function parseRaw(answer: string): { status: number; head: string; body: string } {
  const [head = "", ...body] = answer.split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), head: head.toLowerCase(), body: body.join("\r\n\r\n") };
}
