import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { announce } from "./announce.ts";
import { createUpstreamAnswers } from "./upstream-answers.ts";

/** Our bodies end in `"stream":true}` or `"stream":false}`; a gateway that writes them anew may order them otherwise. */
const TAIL_BYTES = 64;

const { json, frames } = createUpstreamAnswers();
const jsonHead = { "content-type": "application/json", "content-length": json.length, "request-id": "req_bench" };
/** What Helicone's proxy says of itself in answers that it passes on. */
const THROUGH_HELICONE = "/v1/gateway/";
const mark = { "helicone-id": "0190a6c4-7f6e-7b1d-9c63-1f2e3d4c5b6a", "helicone-status": "success" };
const streamHead = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
  "request-id": "req_bench",
};

const markedJsonHead = { ...jsonHead, ...mark };
const markedStreamHead = { ...streamHead, ...mark };

/**
 * The model API of the bench, and a Helicone that takes no time: reads a request and answers at once, with bytes made beforehand. A stream is
 * written frame by frame, in separate writes, as they would come from a model that never hesitates.
 */
const server = createServer({ keepAliveTimeout: 600_000 }, (request: IncomingMessage, response: ServerResponse) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const isMarked = request.url?.startsWith(THROUGH_HELICONE) === true;
    if (isStreamWanted(chunks)) {
      response.writeHead(200, isMarked ? markedStreamHead : streamHead);
      writeFrame(response, 0);
    } else response.writeHead(200, isMarked ? markedJsonHead : jsonHead).end(json);
  });
});

function isStreamWanted(chunks: readonly Buffer[]): boolean {
  const tail = chunks.at(-1)?.subarray(-TAIL_BYTES);
  const searched = tail?.includes('"stream":') ? tail : Buffer.concat(chunks);
  return searched.includes('"stream":true');
}

function writeFrame(response: ServerResponse, index: number): void {
  const frame = frames[index];
  if (frame === undefined) {
    response.end();
    return;
  }
  response.write(frame);
  setImmediate(writeFrame, response, index + 1);
}

announce(server);
