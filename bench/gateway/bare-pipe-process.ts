import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { type Dispatcher, Pool } from "undici";

import { announce } from "./announce.ts";

/** Headers of one connection, and those that Node and undici set themselves. */
const NOT_PIPED = new Set(["connection", "keep-alive", "host", "transfer-encoding", "expect", "upgrade"]);

const pool = new Pool(process.argv[2] ?? "", { headersTimeout: 600_000, bodyTimeout: 280_000 });

/**
 * The least that a proxy in Node can do: the request's bytes go to the upstream as they come, and the answer's
 * bytes come back. Nothing is read, checked, counted or written down.
 */
const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  const { method, url: path = "/" } = request;
  const headers = pipedHeaders(request.rawHeaders);
  pool.dispatch({ method: method as Dispatcher.HttpMethod, path, headers, body: request }, pipeTo(request, response)); // Node's parser accepted the method
});

function pipeTo(request: IncomingMessage, response: ServerResponse): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller) {
      response.on("drain", () => controller.resume());
      response.on("close", () => {
        if (!response.writableFinished) controller.abort(new Error("The client has gone"));
      });
    },
    onResponseStart(_controller, status, headers) {
      for (const name of NOT_PIPED) delete headers[name];
      response.writeHead(status, headers);
      if (headers["content-length"] === undefined) response.flushHeaders();
    },
    onResponseData(controller, chunk) {
      if (!response.write(chunk)) controller.pause();
    },
    onResponseEnd() {
      response.end();
    },
    onResponseError() {
      request.destroy();
      response.destroy();
    },
  };
}

function pipedHeaders(rawHeaders: readonly string[]): string[] {
  const headers: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = "", value = ""] = [rawHeaders[at], rawHeaders[at + 1]];
    if (!NOT_PIPED.has(name.toLowerCase())) headers.push(name, value);
  }
  return headers;
}

announce(server);
