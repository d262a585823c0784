import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, it } from "vitest";

import type { LogRecord } from "#helicone/log-record.ts";
import { createLogPoster, type PostOutcome } from "#helicone/post-log.ts";

const RECORD: LogRecord = {
  provider: "ANTHROPIC",
  providerRequest: { url: "https://a", json: { model: "m" }, meta: { "Helicone-Auth": "Bearer k" } },
  providerResponse: { json: {}, status: 200, headers: {} },
  timing: { startTime: { seconds: 1, milliseconds: 0 }, endTime: { seconds: 1, milliseconds: 0 } },
};

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // listening on TCP
}

async function postTo(url: string): Promise<PostOutcome> {
  const poster = createLogPoster(url, 1);
  closing.push(() => poster.close());
  return poster.post(RECORD);
}

describe("a post to Helicone's log route", () => {
  it("carries the record and the key, to the route below the address", async () => {
    const seen: unknown[] = [];
    const url = await serve((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        const { authorization } = request.headers;
        seen.push(request.method, request.url, authorization, JSON.parse(body));
        response.end();
      });
    });
    expect(await postTo(`${url}/jawn/`)).toEqual({ outcome: "taken" });
    expect(seen).toEqual(["POST", "/jawn/v1/trace/custom/v1/log", "Bearer k", RECORD]);
  });

  it.each([
    [200, "", "taken"],
    [200, "<html>", "closed"],
    [308, "", "closed"],
    [400, "<html>", "refused"],
    [401, '{"error":"No API key found"}', "closed"],
    [404, "", "closed"],
    [413, "", "refused"],
    [429, "", "closed"],
    [500, '{"details":"Region is missing"}', "unknown"],
    [503, "<html>", "unknown"],
  ])("that is answered with %i %s is %s", async (status, body, outcome) => {
    const type = body.startsWith("<") ? "text/html" : "application/json";
    const url = await serve((_request, response) => {
      response.writeHead(status, { "content-type": type, location: "http://127.0.0.1:9/" }).end(body);
    });
    const posted = await postTo(url);
    expect(posted.outcome).toBe(outcome);
    if (posted.outcome !== "taken") expect(posted.error).not.toContain("<");
  });

  it("is answered with a text that can be kept, whatever it is", async () => {
    const url = await serve((_request, response) => response.writeHead(400).end(`a\0b${"c".repeat(5_000)}`));
    const posted = await postTo(url);
    expect(posted).toMatchObject({ error: expect.stringMatching(/^Helicone answers 400: a bc{290,300}$/) });
  });

  it("that nobody listens for is unsent, and one whose connection breaks is unknown", async () => {
    const url = await serve((request) => void request.socket.destroy());
    expect(await postTo(url)).toMatchObject({ outcome: "unknown", error: expect.stringContaining("UND_ERR_SOCKET") });
    expect(await postTo("http://127.0.0.1:9")).toMatchObject({ outcome: "unsent" });
  });
});
