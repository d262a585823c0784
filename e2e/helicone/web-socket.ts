import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const TEXT = 1;
const CLOSE = 8;

/** Accepts a websocket and sends every short text back. Longer ones, and everything else, end it. */
export function acceptWebSocket(request: IncomingMessage, socket: Duplex): void {
  const key = request.headers["sec-websocket-key"] ?? "";
  const accept = createHash("sha1").update(`${key}${GUID}`).digest("base64");
  socket.on("error", () => socket.destroy());
  socket.on("end", () => socket.end());
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  let rest = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let frame = readFrame(rest); frame !== null; frame = readFrame(rest)) {
      rest = rest.subarray(frame.length);
      if (frame.opcode !== TEXT) return void socket.end(Buffer.from([0x80 | CLOSE, 0]));
      socket.write(Buffer.concat([Buffer.from([0x80 | TEXT, frame.payload.length]), frame.payload]));
    }
  });
}

/** The first whole frame, its masking undone; null while it is not complete. */
function readFrame(bytes: Buffer): { opcode: number; payload: Buffer; length: number } | null {
  const [first = 0, second = 0] = bytes;
  const size = second & 0x7f;
  const length = 6 + size;
  if (bytes.length < 2) return null;
  if (size > 125) return { opcode: CLOSE, payload: Buffer.alloc(0), length: bytes.length };
  if (bytes.length < length) return null;
  const mask = bytes.subarray(2, 6);
  const payload = Buffer.from(bytes.subarray(6, length).map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  return { opcode: first & 0x0f, payload, length };
}
