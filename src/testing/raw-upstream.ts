import net, { type AddressInfo, type Socket } from "node:net";

export type RawUpstream = {
  url: string;
  /** Every request so far, as it came. */
  requests: string[];
  /** Requests so far whose connection is still open. */
  open(): number;
  close(): Promise<void>;
};

/** An upstream of which every byte is chosen: `answer` is called with the connection for each whole request. */
export async function startRawUpstream(answer: (socket: Socket, request: string) => void): Promise<RawUpstream> {
  const sockets = new Set<Socket>();
  const asking: Socket[] = [];
  const requests: string[] = [];
  const server = net.createServer((socket) => {
    let received = "";
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.setEncoding("latin1").on("data", (text: string) => {
      received += text;
      if (!isWhole(received)) return;
      const request = received;
      received = "";
      requests.push(request);
      asking.push(socket);
      answer(socket, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a TCP server that listens has an address
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    open: () => asking.filter((socket) => !socket.destroyed).length,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function isWhole(received: string): boolean {
  const end = received.indexOf("\r\n\r\n");
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(received)?.[1] ?? 0);
  return end >= 0 && received.length >= end + 4 + length;
}
