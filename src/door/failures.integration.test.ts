import type { ServerResponse } from "node:http";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { createAccount, PAGE_LOAD, startTestDoor, type TestDoor } from "#testing/door.ts";
import { type HostileWeb, startHostileWeb } from "#testing/hostile-web.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (let one = open.pop(); one !== undefined; one = open.pop()) await one.close();
});

async function start(options: Parameters<typeof startTestDoor>[0] = {}): Promise<TestDoor> {
  const door = await startTestDoor(options);
  open.push(door);
  return door;
}

const page = (door: TestDoor, path = "/dashboard") => door.ask(path, { headers: PAGE_LOAD });
const codeOf = async (door: TestDoor, path = "/jawn/v1/organization") =>
  JSON.parse((await door.ask(path)).text).error.code;

describe("where Helicone", () => {
  it("is not set up yet, the page says so, and works once it is", async () => {
    const door = await start();
    const account = door.account.current;
    door.account.current = null;
    const before = await page(door);
    expect(before.status).toBe(503);
    expect(before.text).toContain("<h1>Helicone is not set up yet</h1>");
    expect(await codeOf(door)).toBe("not_set_up");
    door.account.current = account;
    expect((await page(door)).status).toBe(200);
  });

  it("has keys that were given by hand and no account, the page says what to do, and works once there is one", async () => {
    const door = await start();
    const account = door.account.current;
    Object.assign(door.account, { current: null, absence: "no_account" });
    const before = await page(door);
    expect(before.status).toBe(503);
    expect(before.text).toContain("<h1>The dashboard has no account in Helicone</h1>");
    expect(before.text).toContain("npm run helicone:bootstrap -- --email");
    expect(await codeOf(door)).toBe("no_account");
    door.account.current = account;
    expect((await page(door)).status).toBe(200);
  });

  it("is not running, the page says so, before and after the sign-in, and for each of its servers", async () => {
    const door = await start();
    await door.helicone.setFaults({ web: "down" });
    expect((await page(door)).text).toContain("<h1>Helicone is not running</h1>");
    await door.helicone.setFaults({ web: "up" });
    expect((await page(door)).status).toBe(200);
    await door.helicone.setFaults({ web: "down", jawn: "down", objects: "down" });
    const gone = await page(door);
    expect(gone.status).toBe(502);
    expect(gone.text).toContain("Agents, costs and limits are not affected.");
    expect(await codeOf(door)).toBe("unreachable");
    expect(await codeOf(door, "/request-response-storage/a")).toBe("unreachable");
    expect(await codeOf(door, "/__ENV.js")).toBe("unreachable");
    await door.helicone.setFaults({ web: "up", jawn: "up", objects: "up" });
    expect((await page(door)).status).toBe(200);
  });

  it("accepts and never answers, the page says so in the time that is set", async () => {
    const door = await start({ limits: { answerTimeoutMs: 200 } });
    expect((await page(door)).status).toBe(200);
    await door.helicone.setFaults({ web: "silent" });
    const late = await page(door);
    expect(late.status).toBe(504);
    expect(late.text).toContain("<h1>Helicone takes too long</h1>");
  });

  it("is another program, the page says that its answer cannot be used", async () => {
    const door = await start();
    await door.helicone.setFaults({ web: "html-200" });
    expect((await page(door)).text).toContain("<h1>Helicone&#39;s answer cannot be used</h1>");
  });

  it("was made anew and does not know the account, the page says so, and works once it is set up again", async () => {
    const door = await start();
    await door.helicone.reset();
    const unknown = await page(door);
    expect(unknown.status).toBe(502);
    expect(unknown.text).toContain("<h1>Helicone does not know its account</h1>");
    door.account.current = createAccount(door.helicone);
    expect((await page(door)).status).toBe(200);
  });

  it("is turned off, an admin is told so and an owner nothing", async () => {
    const door = await start({ isTurnedOff: true });
    expect((await page(door)).text).toContain("<h1>Helicone is turned off</h1>");
    expect(await codeOf(door, "/__ENV.js")).toBe("helicone_off");
    expect((await door.ask("/dashboard", { cookie: door.owner.cookie })).status).toBe(403);
    expect((await door.ask("/dashboard", { cookie: null })).status).toBe(401);
    expect(door.helicone.received).toEqual([]);
  });

  it("works and the portal's database does not answer, nobody is let in", async () => {
    const door = await start();
    expect((await page(door)).status).toBe(200);
    await door.portal.pool.query("ALTER TABLE users RENAME TO people_elsewhere");
    const closed = await page(door);
    await door.portal.pool.query("ALTER TABLE people_elsewhere RENAME TO users");
    expect(closed.status).toBe(503);
    expect(closed.text).not.toContain("people_elsewhere");
    expect((await page(door)).status).toBe(200);
  });
});

describe("the door's own sign-in", () => {
  let web: HostileWeb;
  let door: TestDoor;

  beforeAll(async () => {
    web = await startHostileWeb();
  });
  afterAll(() => web.close());

  async function startBefore(answer: HostileWeb["answer"]): Promise<void> {
    web.signIns = 0;
    web.answer = answer;
    door = await start({ webUrl: web.url });
  }

  it("is one for all who come at once, and for those who come later", async () => {
    await startBefore((_request, response) => void response.end("fine"));
    await Promise.all(Array.from({ length: 30 }, () => page(door)));
    await page(door);
    expect(web.signIns).toBe(1);
  });

  it("is repeated where Helicone has ended the session, without the admin noticing", async () => {
    await startBefore(answerSession("session-1"));
    expect((await page(door)).status).toBe(200);
    web.answer = answerSession("session-2");
    const session = await door.ask("/api/auth/get-session");
    expect(JSON.parse(session.text).user.email).toBe("someone@x.test");
    expect((await page(door)).status).toBe(200);
    expect(web.signIns).toBe(2);
  });

  it("is not repeated for a refusal that is none of the session's", async () => {
    await startBefore(answerSession("session-1"));
    for (let time = 0; time < 20; time += 1) expect((await door.ask("/api/always-401")).status).toBe(401);
    expect(web.signIns).toBe(1);
  });

  it("is tried three times in ten seconds at most, and an admin is told to wait", async () => {
    await startBefore(answerSession("never"));
    const codes = [];
    for (let time = 0; time < 3; time += 1) codes.push(await codeOf(door, "/api/auth/get-session"));
    expect(codes).toEqual(["sign_in_refused", "try_again", "try_again"]);
    expect(web.signIns).toBe(3);
  });

  it("that Helicone does not keep ends in a page, and not in a circle", async () => {
    await startBefore((_request, response) => void response.writeHead(307, { location: "/signin" }).end());
    const circle = await page(door, "/requests");
    expect(circle.status).toBe(502);
    expect(circle.text).toContain("BETTER_AUTH_URL");
  });

  it("shows in no answer: neither cookie nor token reaches a browser", async () => {
    await startBefore(answerSession("session-1"));
    for (const path of ["/dashboard", "/api/auth/get-session", "/__ENV.js"]) {
      const { headers, text } = await door.ask(path);
      expect(JSON.stringify(headers) + text).not.toContain("session-1");
    }
  });
});

it("an answer that Helicone cuts is cut for the browser as well", async () => {
  const web = await startHostileWeb();
  open.push(web);
  web.answer = (_request, response: ServerResponse) => {
    response.writeHead(200, { "content-length": 100 });
    response.write("the beginning");
    setTimeout(() => response.destroy(), 20);
  };
  const door = await start({ webUrl: web.url });
  await expect(page(door)).rejects.toThrow();
});

/** A web application in which one session holds. */
function answerSession(held: string): HostileWeb["answer"] {
  return ({ url, headers }, response) => {
    const isHeld = headers.cookie?.includes(`=${held};`) || headers.cookie?.endsWith(`=${held}`);
    if (url === "/api/always-401") return void response.writeHead(401).end("{}");
    if (url === "/__ENV.js") return void response.end('window.__ENV = {"NEXT_PUBLIC_BETTER_AUTH":"true"};');
    if (url !== "/api/auth/get-session") return void response.end("fine");
    const session = { user: { email: "someone@x.test" }, session: { id: "1", token: held } };
    response.setHeader("content-type", "application/json").end(JSON.stringify(isHeld ? session : null));
  };
}
