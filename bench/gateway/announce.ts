import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Listens on a free port of the loopback interface, tells the parent process which, and ends with the parent. */
export function announce(server: Server): void {
  process.on("disconnect", () => process.exit(0));
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo; // listening on TCP, so it is not a path
    process.send?.({ ready: true, port });
  });
}
