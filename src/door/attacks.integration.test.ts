import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { PAGE_LOAD, startTestDoor, type TestDoor } from "#testing/door.ts";
import { type HostileWeb, startHostileWeb } from "#testing/hostile-web.ts";
import { connectRaw, parseRaw, sendRaw } from "#testing/raw-http.ts";
import { openWebSocket } from "#testing/web-socket.ts";

let web: HostileWeb;
let door: TestDoor;

beforeAll(async () => {
  web = await startHostileWeb();
  const limits = { headersTimeoutMs: 400, requestTimeoutMs: 800 };
  door = await startTestDoor({ webUrl: web.url, limits });
});
afterAll(async () => {
  await door.close();
  await web.close();
});
beforeEach(() => {
  web.asked.length = 0;
  web.headers.length = 0;
  web.answer = (_request, response) => void response.end("fine");
});

/** An admin's request, written by hand. */
function raw(requestLine: string, headers: readonly string[] = [], body = ""): string {
  const host = `Host: ${new URL(door.url).host}`;
  const cookie = `Cookie: ${door.admin.cookie}`;
  return [requestLine, host, cookie, `Origin: ${door.url}`, ...headers, "", body].join("\r\n");
}

const statusOf = async (bytes: string) => parseRaw(await sendRaw(door.url, bytes)).status;

describe("request smuggling", () => {
  const HIDDEN = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";

  it.each([
    ["two lengths", ["Content-Length: 5", "Content-Length: 6"]],
    ["a list of lengths", ["Content-Length: 5, 6"]],
    ["length and encoding", ["Content-Length: 5", "Transfer-Encoding: chunked"]],
    ["encoding and length", ["Transfer-Encoding: chunked", "Content-Length: 5"]],
    ["an encoding alone", ["Transfer-Encoding: chunked"]],
    ["an unknown encoding", ["Transfer-Encoding: xchunked"]],
    ["an encoding with a tab", ["Transfer-Encoding:\tchunked"]],
    ["a space before the colon", ["Transfer-Encoding : chunked", "Content-Length: 5"]],
    ["two encodings", ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"]],
    ["a folded header", ["X: y", " Transfer-Encoding: chunked", "Content-Length: 5"]],
    ["a signed length", ["Content-Length: +5"]],
    ["a hexadecimal length", ["Content-Length: 0x5"]],
    ["a bare line feed", ["X: y\nTransfer-Encoding: chunked", "Content-Length: 5"]],
  ])("by %s is refused, and nothing of it reaches Helicone", async (_name, headers) => {
    const answer = await sendRaw(door.url, raw("POST /api/x HTTP/1.1", headers, `0\r\n\r\n${HIDDEN}`));
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual([expect.stringMatching(/ 4\d\d$/)]);
    expect(web.asked).toEqual([]);
  });

  it("in the body of a request that only reads is refused", async () => {
    expect(await statusOf(raw("GET /a HTTP/1.1", [`Content-Length: ${HIDDEN.length}`], HIDDEN))).toBe(400);
    expect(web.asked).toEqual([]);
  });

  it("behind a web socket that is none reaches nobody", async () => {
    web.upgrade = (_request, socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    const handshake = [
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: x",
    ];
    await sendRaw(door.url, raw("GET /api/socket HTTP/1.1", handshake, HIDDEN));
    expect(web.asked).toEqual([]);
  });

  it("has no second request where one body is as long as it says", async () => {
    const body = `{"a":"${HIDDEN.replaceAll("\r\n", " ")}"}`;
    await sendRaw(door.url, raw("POST /api/x HTTP/1.1", [`Content-Length: ${body.length}`], body));
    expect(web.asked).toEqual(["POST /api/x"]);
    expect(web.headers[0]?.["content-length"]).toBe(String(body.length));
    expect(web.headers[0]).not.toHaveProperty("transfer-encoding");
  });

  it("by a second request on one connection is judged as a request of its own", async () => {
    const second = `GET /b HTTP/1.1\r\nHost: x\r\n\r\n`;
    const answer = await sendRaw(door.url, raw("GET /a HTTP/1.1") + second);
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 401"]);
    expect(web.asked).toEqual(["GET /a"]);
  });
});

describe("header injection", () => {
  it.each(["/a%0d%0aX-Evil:1", "/a%0aX-Evil:1", "/a%E5%98%8D%E5%98%8AX-Evil:1", "/a?x=%0d%0aX-Evil:1"])(
    "by the address %s makes no header, there or here",
    async (path) => {
      web.answer = (request, response) => void response.writeHead(307, { location: String(request.url) }).end();
      const answer = await door.ask(path);
      expect(answer.headers).not.toHaveProperty("x-evil");
      for (const headers of web.headers) expect(headers).not.toHaveProperty("x-evil");
    },
  );

  it("by a broken line in a header is refused", async () => {
    expect(await statusOf(raw("GET /a HTTP/1.1", ["User-Agent: a\rX-Evil: 1"]))).toBe(400);
    expect(await statusOf(raw("GET /a HTTP/1.1", ["User-Agent: a\0b"]))).toBe(400);
    expect(web.asked).toEqual([]);
  });

  it("by naming the door's own headers as belonging to the connection takes none of them away", async () => {
    await sendRaw(door.url, raw("GET /a HTTP/1.1", ["Connection: cookie, host, x-evil", "X-Evil: 1"]));
    expect(web.headers[0]?.cookie).toContain("better-auth.session_token=");
    expect(web.headers[0]).not.toHaveProperty("x-evil");
  });

  it("by Helicone's own answer sets no cookie, and clears none", async () => {
    web.answer = (_request, response) =>
      void response
        .writeHead(200, {
          "set-cookie": ["next-auth.session-token=taken; Path=/", "better-auth.session_token=x"],
          "clear-site-data": '"cookies"',
          refresh: "0;url=https://evil.example",
        })
        .end();
    const { headers } = await door.ask("/a");
    for (const name of ["set-cookie", "clear-site-data", "refresh"]) expect(headers).not.toHaveProperty(name);
    const accept =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x";
    web.upgrade = (_request, socket) =>
      void socket.write(`${accept}\r\nSet-Cookie: next-auth.session-token=taken\r\n\r\n`);
    const socket = await openWebSocket(`${door.url}/s`, { cookie: door.admin.cookie, origin: door.url });
    expect(socket.status).toBe(101);
    expect(socket.headers).not.toHaveProperty("set-cookie");
    expect(socket.headers["sec-websocket-accept"]).toBe("x");
    socket.close();
  });
});

describe("a path trick", () => {
  it.each([
    "//evil.example/",
    "/a//b",
    "/_next/../jawn/v1/gateway/anthropic",
    "/_next/%2e%2e/api/auth/sign-up/email",
    "/_next/..%2fapi/auth/sign-up/email",
    "/a%5c..%5cb",
    "/a\\..\\b",
    "/a%252e%252e%252fb",
    "/a%00",
    "/a;/../b",
    "http://evil.example/dashboard",
    "http://127.0.0.1:8585/v1/gateway/anthropic",
    "https://localhost/dashboard",
    "*",
    "evil.example:443",
    "?a",
    "/a#b",
  ])("like %s is refused, and Helicone hears nothing of it", async (target) => {
    expect(await statusOf(raw(`GET ${target} HTTP/1.1`))).toBe(400);
    expect(web.asked).toEqual([]);
  });

  it("is sent on as it was judged", async () => {
    await sendRaw(door.url, raw("GET /%64ashboard/%5Bid%5D?a=%2e%2e HTTP/1.1"));
    expect(web.asked).toEqual(["GET /dashboard/%5Bid%5D?a=%2e%2e"]);
  });

  it("by CONNECT reaches nobody", async () => {
    expect(await sendRaw(door.url, raw("CONNECT 127.0.0.1:8585 HTTP/1.1"))).toBe("");
  });
});

describe("a host header", () => {
  it.each(["evil.example", "127.0.0.1:8585", "us.helicone.ai", ""])("of %s changes nothing", async (host) => {
    const bytes = raw("GET /a HTTP/1.1").replace(/Host: .*/, `Host: ${host}`);
    expect(await statusOf(bytes)).toBe(200);
    expect(web.headers[0]?.host).toBe(new URL(web.url).host);
    expect(web.headers[0]).not.toHaveProperty("x-forwarded-host");
  });

  it("that is not there, or there twice, is refused or not listened to", async () => {
    expect(await statusOf(raw("GET /a HTTP/1.1").replace(/Host: .*\r\n/, ""))).toBe(400);
    await sendRaw(door.url, raw("GET /a HTTP/1.1", ["Host: evil.example"]));
    for (const { host } of web.headers) expect(host).toBe(new URL(web.url).host);
  });
});

describe("an open redirect", () => {
  it.each(["https://evil.example/", "//evil.example", "/\\evil.example", "https://us.helicone.ai/signin"])(
    "of Helicone's to %s ends in a page of the door",
    async (location) => {
      web.answer = (_request, response) => void response.writeHead(308, { location }).end();
      const answer = await door.ask("/requests", { headers: PAGE_LOAD });
      expect(answer.status).toBe(502);
      expect(answer.headers).not.toHaveProperty("location");
      expect(answer.text).toContain("Helicone sends you elsewhere");
    },
  );

  it("by an address that Helicone repeats stays at the door", async () => {
    web.answer = (request, response) => void response.writeHead(307, { location: `${web.url}/${request.url}/` }).end();
    expect((await door.ask("/evil.example")).headers.location).toBe("/evil.example/");
  });
});

describe("another site's page", () => {
  it.each([
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: "http://localhost:3000" },
    { origin: "http://localhost" },
    { origin: "" },
  ])("changes nothing: %j", async (headers) => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"] as const) {
      expect((await door.ask("/api/x", { method, headers })).status).toBe(403);
    }
    expect(web.asked).toEqual([]);
  });

  it("may not frame what the door answers, whatever that is", async () => {
    const answers = [
      await door.ask("/a", { headers: PAGE_LOAD }),
      await door.ask("/signup", { headers: PAGE_LOAD }),
      await door.ask("/a", { cookie: null, headers: PAGE_LOAD }),
      await door.ask("/a", { cookie: door.owner.cookie, headers: PAGE_LOAD }),
      await door.ask("/a//b", { headers: PAGE_LOAD }),
    ];
    for (const { headers } of answers) {
      expect(String(headers["content-security-policy"])).toContain("frame-ancestors http://localhost:3000");
      expect(headers["cache-control"]).toBe("private, no-store");
    }
  });
});

it("a method is not overridden", async () => {
  const headers = { "x-http-method-override": "DELETE", "x-method-override": "DELETE", "x-http-method": "DELETE" };
  await door.ask("/api/x?_method=DELETE", { method: "POST", headers, body: "{}" });
  expect(web.asked).toEqual(["POST /api/x?_method=DELETE"]);
  for (const name of Object.keys(headers)) expect(web.headers[0]).not.toHaveProperty(name);
});

describe("a client that takes more than its share", () => {
  it("with oversized headers is refused", async () => {
    expect(await statusOf(raw("GET /a HTTP/1.1", [`X: ${"a".repeat(17_000)}`]))).toBe(431);
    expect(await statusOf(raw(`GET /${"a".repeat(17_000)} HTTP/1.1`))).toBe(431);
    expect(await statusOf(raw("GET /a HTTP/1.1", Array(3_000).fill("X: a")))).toBe(431);
    expect(web.asked).toEqual([]);
  });

  it("with an oversized body is refused before it is read", async () => {
    expect(await statusOf(raw("POST /api/x HTTP/1.1", ["Content-Length: 30000000"], "{"))).toBe(413);
    expect(web.asked).toEqual([]);
  });

  it("that sends its headers ever so slowly is cut", async () => {
    const connection = await connectRaw(door.url);
    connection.write("GET /a HTTP/1.1\r\n");
    const drip = setInterval(() => connection.write("X: a\r\n"), 50);
    await connection.closed;
    clearInterval(drip);
    expect(connection.received()).toContain("408");
    expect(web.asked).toEqual([]);
  });

  it("that sends its body ever so slowly is cut, and so is what was begun at Helicone", async () => {
    let isCut = false;
    web.answer = (request) =>
      void request.once("close", () => {
        isCut = !request.complete;
      });
    const connection = await connectRaw(door.url);
    connection.write(raw("POST /api/x HTTP/1.1", ["Content-Length: 1000"]));
    const drip = setInterval(() => connection.write("a"), 50);
    await connection.closed;
    clearInterval(drip);
    await expect.poll(() => isCut).toBe(true);
  });
});
