import { once } from "node:events";
import net from "node:net";

import { expect, it } from "vitest";

import { probePort, requireFreePorts } from "#supervisor/free-port.ts";

const portal = { host: "127.0.0.1", portVariable: "PORTAL_PORT", hostVariable: "PORTAL_HOST" };
const gateway = { host: "127.0.0.1", portVariable: "GATEWAY_PORT", hostVariable: "GATEWAY_HOST" };

it("lets free ports pass and leaves them free", async () => {
  const port = await probePort(0);
  await requireFreePorts([{ ...portal, port }]);
  await requireFreePorts([{ ...portal, port }]);
});

it("names the port that is taken, and the variable that moves it", async () => {
  const server = net.createServer().listen(0, "0.0.0.0");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  await expect(requireFreePorts([{ ...gateway, port }])).rejects.toThrow(
    `Port ${port} is in use. Stop the other program or set GATEWAY_PORT=…`,
  );
  server.close();
});

it("refuses one port for both doors", async () => {
  const port = await probePort(0);
  await expect(
    requireFreePorts([
      { ...portal, port },
      { ...gateway, port },
    ]),
  ).rejects.toThrow(`PORTAL_PORT and GATEWAY_PORT are both ${port}`);
});

it("names the host setting when the address is not one of this machine's", async () => {
  const port = await probePort(0);
  await expect(requireFreePorts([{ ...portal, host: "192.0.2.1", port }])).rejects.toThrow(
    "PORTAL_HOST: this machine cannot listen on 192.0.2.1",
  );
});
