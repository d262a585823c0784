import type { ClientRequest, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** What of Helicone's handshake a browser is told. */
const HANDSHAKE = new Set([
  "connection",
  "upgrade",
  ...["accept", "protocol", "extensions"].map((name) => `sec-websocket-${name}`),
]);
/** How long one side may go on after the other has said that it is done. */
const FAREWELL_MS = 1_000;
/** Of an answer that refuses the handshake: no cookie, no address. */
const REFUSED_HANDSHAKE = new Set(["content-length", "content-type", "transfer-encoding"]);

/** Takes out of an answer to a handshake what is not for the browser, before it is passed on. */
export function answerSocket(outgoing: ClientRequest, _request: IncomingMessage, socket: Duplex): void {
  outgoing.once("upgrade", (answer: IncomingMessage, upstream: Duplex) => {
    keepOnly(answer, HANDSHAKE);
    endTogether(socket, upstream);
    endTogether(upstream, socket);
  });
  outgoing.once("response", (answer: IncomingMessage) => keepOnly(answer, REFUSED_HANDSHAKE));
}

/** Where one side has gone, nobody holds the other open. */
function endTogether(one: Duplex, other: Duplex): void {
  one.once("end", () => setTimeout(() => one.destroy(), FAREWELL_MS).unref());
  one.once("close", () => other.destroy());
}

function keepOnly(answer: IncomingMessage, names: ReadonlySet<string>): void {
  answer.headers = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => names.has(name)));
}

/**
 * Ends a connection that stays open as soon as it is not an admin's any more. `isStillAdmitted` is asked every `everyMs`; an
 * answer that does not come ends it too.
 */
export function watchAdmission(socket: Duplex, isStillAdmitted: () => Promise<boolean>, everyMs: number): void {
  const look = async () => {
    const isAdmitted = await isStillAdmitted().catch(() => false);
    if (!isAdmitted) socket.destroy();
  };
  const timer = setInterval(() => void look(), everyMs);
  socket.once("close", () => clearInterval(timer));
}

/** Refuses a handshake, in the few words that a program reads. */
export function refuseSocket(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
}
