import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";

import { SMTPServer } from "smtp-server";

/** A mail as the server took it. */
export type ReceivedMail = { from: string; to: string[]; raw: string };

export type TestMailServer = { url: string; port: number; mails: ReceivedMail[]; close(): Promise<void> };

/** A real SMTP server. `port` 0: any. `refuses`: addresses that it does not know. */
export async function startMailServer({ port = 0, refuses = "" } = {}): Promise<TestMailServer> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    logger: false,
    onRcptTo({ address }, _session, done) {
      if (address !== refuses) return done();
      done(Object.assign(new Error("no such mailbox"), { responseCode: 550 }));
    },
    onData(stream, { envelope }, done) {
      let raw = "";
      stream.on("data", (chunk: Buffer) => {
        raw += chunk.toString("utf8");
      });
      stream.on("end", () => {
        const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
        mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), raw });
        done();
      });
    },
  });
  server.on("error", () => undefined); // a client that leaves in the middle
  const listening = server.listen(port, "127.0.0.1");
  await once(listening, "listening");
  const address = listening.address() as AddressInfo; // a TCP server that listens has one
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    port: address.port,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A request as a webhook's receiver sees it. */
export type ReceivedHook = { path: string; headers: http.IncomingHttpHeaders; body: string };

export type TestReceiver = { url: string; port: number; hooks: ReceivedHook[]; close(): Promise<void> };

/** What receives webhooks. `answer` ends the response as it likes, or not at all; else it is 200. */
export async function startReceiver(
  answer?: (response: http.ServerResponse, hooks: number) => void,
): Promise<TestReceiver> {
  const hooks: ReceivedHook[] = [];
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    hooks.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString("utf8") });
    if (answer === undefined) response.end("ok");
    else answer(response, hooks.length);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    hooks,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
