import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { announce } from "./announce.ts";
import { createUpstreamAnswers } from "./upstream-answers.ts";

/** Our bodies end in `"stream":true}` or `"stream":false}`; a gateway that writes them anew may order them otherwise. */
const TAIL_BYTES = 64;

const { json, frames } = createUpstreamAnswers();
const jsonHead = { "content-type": "application/json", "content-length": json.length, "request-id": "req_bench" };
const streamHead = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
  "request-id": "req_bench",
};

/**
 * The model API of the bench: reads a request and answers at once, with bytes made beforehand. A stream is
 * written frame by frame, in separate writes, as they would come from a model that never hesitates.
 */
const server = createServer({ keepAliveTimeout: 600_000 }, (request: IncomingMessage, response: ServerResponse) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (isStreamWanted(chunks)) {
      response.writeHead(200, streamHead);
      writeFrame(response, 0);
    } else response.writeHead(200, jsonHead).end(json);
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
