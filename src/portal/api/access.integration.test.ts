import { readdirSync } from "node:fs";
import path from "node:path";

import { TRPCError } from "@trpc/server";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { type Access, PAGE_ACCESS, PROCEDURE_ACCESS, ROUTE_ACCESS } from "#portal/api/access.ts";
import { createContext, type PortalContext } from "#portal/api/context.ts";
import { appRouter } from "#portal/api/routers/app-router.ts";
import { createCallerFactory, router, signedInProcedure } from "#portal/api/trpc.ts";
import { StandInRuntime } from "#testing/agent-server-stand-in.ts";
import { createTestPortal, PORTAL_URL, type TestPerson, type TestPortal } from "#testing/portal.ts";

const browser = vi.hoisted(() => ({ cookie: "" }));
vi.mock("next/headers", () => ({
  cookies: async () => ({
    getAll: () => browser.cookie.split(";").map((pair) => ({ name: pair.split("=")[0], value: pair.split("=")[1] })),
    get: () => undefined,
  }),
}));

const APP = path.resolve(import.meta.dirname, "../../app");
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
const LEVELS: readonly Access[] = ["public", "signed-in", "agent-visible", "admin"];

/** Something that the route can read, where it takes a body. */
const BODIES: Record<string, string> = {
  "/api/agents/[name]/budget": '{"version":0,"daily_limit_usd":null}',
  "/api/agents/[name]/rate-limits": '{"version":0,"requests_per_minute":null}',
};
const OTHER_BODY = '{"message":"hello"}';
const SUBSCRIPTIONS = ["live.onLedger", "agents.logs"];

type Caller = "nobody" | "stranger" | "owner" | "admin";
const CALLERS: readonly Caller[] = ["nobody", "stranger", "owner", "admin"];
type Verdict = "in" | "sign in" | "not found" | "not allowed";

let runtime: StandInRuntime;
let portal: TestPortal;
let people: Record<Exclude<Caller, "nobody">, TestPerson>;
let number = 0;

beforeAll(async () => {
  runtime = new StandInRuntime();
  runtime.answer((_request, response) => void response.end('{"response":"Done."}'));
  portal = await createTestPortal(undefined, { runtimes: [runtime] });
  // Whether the gateway lets the agent spend is not this table's question.
  portal.platform.peekAdmission = async () => ({
    verdict: { outcome: "admitted" },
    rate: { requestsUsed: 0, requestsLimit: null, tokensUsed: 0, tokensLimit: null, resetsAt: null },
    lastRefusedAt: null,
    tightest: null,
    waiting: 0,
  });
  people = {
    admin: await portal.addPerson("Ada", "admin"),
    owner: await portal.addPerson("Olga"),
    stranger: await portal.addPerson("Stan"),
  };
});
afterAll(() => portal.close());

const cookieOf = (caller: Caller) => (caller === "nobody" ? "" : people[caller].cookie);
const contextOf = (caller: Caller): PortalContext =>
  caller === "nobody" ? { platform: portal.platform, session: null } : people[caller].context;

/** An agent of Olga's that nobody has touched; we run it. */
async function freshAgent(): Promise<string> {
  number += 1;
  const name = `agent-${number}`;
  const ownerId = people.owner.actor.userId;
  await portal.platform.fleet.create(people.admin.actor, { name, ownerId, runtime: "process" });
  return name;
}

/** What a row of the table promises. `isAboutAgent`: another's agent is not found before anything else is said. */
function promised(access: Access, caller: Caller, isAboutAgent: boolean): Verdict {
  if (access === "public") return "in";
  if (caller === "nobody") return "sign in";
  if (isAboutAgent && caller === "stranger" && access !== "signed-in") return "not found";
  if (access === "admin" && caller !== "admin") return "not allowed";
  return "in";
}

const filesOf = (name: string) =>
  readdirSync(APP, { recursive: true, encoding: "utf8" }).filter((file) => path.basename(file) === name);
/** The address of a route or page file: its folders, without route groups. */
const addressOf = (file: string) =>
  `/${path
    .dirname(file)
    .split(path.sep)
    .filter((part) => part !== "." && !part.startsWith("("))
    .join("/")}`;

describe("the table of procedures", () => {
  it("has a row for each procedure, and no other", () => {
    expect(Object.keys(appRouter._def.procedures).toSorted()).toEqual(Object.keys(PROCEDURE_ACCESS).toSorted());
  });

  it("is the door: a procedure without a row lets nobody in", async () => {
    const unlisted = router({ unlisted: signedInProcedure.query(() => "secret") });
    await expect(createCallerFactory(unlisted)(contextOf("admin")).unlisted()).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
  });

  it("is the door: a procedure whose row says something else lets nobody in", async () => {
    const misplaced = router({ people: router({ list: signedInProcedure.query(() => "secret") }) });
    await expect(createCallerFactory(misplaced)(contextOf("admin")).people.list()).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
  });

  describe.each(Object.keys(appRouter._def.procedures))("%s", (name) => {
    const access = PROCEDURE_ACCESS[name];
    it.each(CALLERS)(`keeps its promise to: %s (${access})`, async (caller) => {
      expect(LEVELS).toContain(access);
      const verdict = await callProcedure(name, contextOf(caller));
      expect(verdict).toBe(promised(access ?? "admin", caller, isAboutAgent(name)));
    });
  });
});

describe("the table of routes", () => {
  it("has a row for each handler that answers anything but 405, and no other", async () => {
    const answering: string[] = [];
    for (const file of filesOf("route.ts")) {
      const handlers = await import(path.join(APP, file));
      for (const method of METHODS.filter((candidate) => candidate in handlers)) {
        if (!(await isMethodNotAllowed(handlers[method], method))) answering.push(`${method} ${addressOf(file)}`);
      }
    }
    expect(answering.toSorted()).toEqual(Object.keys(ROUTE_ACCESS).toSorted());
  });

  const guarded = Object.entries(ROUTE_ACCESS).filter(([, access]) => access !== "public");
  describe.each(guarded)("%s", (row, access) => {
    it.each(CALLERS)("keeps its promise to: %s, by session and by API key", async (caller) => {
      const wanted = promised(access, caller, row.includes("[name]"));
      expect(await callRoute(row, { cookie: cookieOf(caller), origin: PORTAL_URL })).toBe(wanted);
      if (caller === "nobody") return;
      const { key } = await portal.platform.apiKeys.create(people[caller].actor, {
        name: "k",
        scopes: ["costs:read", "chat", "limits:write"],
      });
      expect(await callRoute(row, { authorization: `Bearer ${key}` })).toBe(wanted);
    });
  });

  const posts = Object.keys(ROUTE_ACCESS).filter((row) => /^(POST|PUT) /.test(row) && !row.includes("[...unknown]"));
  describe.each(posts)("%s", (row) => {
    it.each([null, "https://evil.example", "null", `${PORTAL_URL}.evil.example`, "http://localhost:3001"])(
      "refuses a request from the origin %s",
      async (origin) => {
        const sent = { cookie: cookieOf("admin"), "content-type": "application/json" };
        const headers = { ...sent, ...(origin === null ? {} : { origin }) };
        const response = await rawRoute(row, headers);
        expect(response.status).toBe(403);
        expect(await response.text()).toMatch(/"(code|domainCode)":"not_allowed"/);
      },
    );
  });
});

describe("the table of pages", () => {
  it("has a row for each page, and no other", () => {
    expect(filesOf("page.tsx").map(addressOf).toSorted()).toEqual(Object.keys(PAGE_ACCESS).toSorted());
  });

  describe.each(filesOf("page.tsx"))("%s", (file) => {
    const access = Object.entries(PAGE_ACCESS).find(([address]) => address === addressOf(file))?.[1] ?? "admin";
    it.each(CALLERS)(`keeps its promise to: %s (${access})`, async (caller) => {
      browser.cookie = cookieOf(caller);
      const verdict = await openPage(file);
      // A page that is not for somebody is not there: its address tells nothing either.
      const wanted = promised(access, caller, file.includes("[name]"));
      expect(verdict).toBe(wanted === "not allowed" ? "not found" : wanted);
    });
  });
});

describe("a person who lost access", () => {
  it("is out with the next request, on every door", async () => {
    const request = () => new Request(PORTAL_URL, { headers: { cookie: people.stranger.cookie } });
    expect((await createContext(request())).session?.actor.name).toBe("Stan");
    await portal.platform.people.setDisabled(people.admin.actor, people.stranger.actor.userId, true);

    expect((await createContext(request())).session).toBeNull();
    expect(await callRoute("GET /api/agents", { cookie: people.stranger.cookie })).toBe("sign in");
    browser.cookie = people.stranger.cookie;
    expect(await openPage("(signed-in)/agents/(list)/page.tsx")).toBe("sign in");
  });

  it("has no use of a cookie that was changed, or made without the secret", async () => {
    const forged = people.admin.cookie.replace(/.{8}$/, "AAAAAAAA");
    expect((await createContext(new Request(PORTAL_URL, { headers: { cookie: forged } }))).session).toBeNull();
  });
});

function isAboutAgent(procedure: string): boolean {
  return /^(costs|requests|chat|telemetry)\.|^agents\.(?!list$|names$|create$|places$|search$)|^budgets\.(clear|grant|history|pause|requestIncrease|resume|set|status|template)$|^rateLimits\.(clear|set|status)$|^helicone\.setAgentLog$|^insights\.agent$/.test(
    procedure,
  );
}

/** Calls with the agent's name alone: whoever gets as far as the other fields has been let in. */
async function callProcedure(name: string, context: PortalContext): Promise<Verdict> {
  const [group = "", procedure = ""] = name.split(".");
  const caller: Record<string, Record<string, (input: unknown) => Promise<unknown>>> = createCallerFactory(appRouter)(
    context,
  ) as never; // reached by name here, and typed by name
  try {
    const answer = await caller[group]?.[procedure]?.({ agentName: await freshAgent() });
    if (SUBSCRIPTIONS.includes(name)) await (answer as AsyncGenerator).return(undefined); // that is what they answer
    return "in";
  } catch (error) {
    return verdictOf(error);
  }
}

function verdictOf(error: unknown): Verdict {
  if (!(error instanceof TRPCError)) throw error;
  if (error.code === "BAD_REQUEST" || error.code === "SERVICE_UNAVAILABLE") return "in"; // there is no Docker here
  if (error.code === "CONFLICT") return "in"; // it is not as they think, which only those learn who were let in
  if (error.code === "UNAUTHORIZED") return "sign in";
  if (error.code === "NOT_FOUND") return "not found";
  if (error.code === "FORBIDDEN") return "not allowed";
  throw error;
}

async function isMethodNotAllowed(handler: (...args: unknown[]) => unknown, method: string): Promise<boolean> {
  const request = new Request(PORTAL_URL, { method, ...(method === "GET" ? {} : { body: "{}" }) });
  try {
    const response = await handler(request, { params: Promise.resolve({}) });
    return response instanceof Response && response.status === 405;
  } catch {
    return false; // NextAuth only answers inside Next
  }
}

async function rawRoute(row: string, headers: Record<string, string>): Promise<Response> {
  const [method = "", address = ""] = row.split(" ");
  const handlers = await import(path.join(APP, address, "route.ts"));
  const name = await freshAgent();
  const url = `${PORTAL_URL}${address.replace("[name]", name).replace("[trpc]", "apiKeys.create")}`;
  const request = new Request(url, {
    method,
    headers,
    ...(method === "GET" ? {} : { body: BODIES[address] ?? OTHER_BODY }),
  });
  return handlers[method](request, { params: Promise.resolve({ name, nextauth: ["signout"], trpc: "agents.list" }) });
}

async function callRoute(row: string, headers: Record<string, string>): Promise<Verdict | number> {
  const { status } = await rawRoute(row, headers);
  if (status === 200) return "in";
  if (status === 401) return "sign in";
  if (status === 404) return "not found";
  return status === 403 ? "not allowed" : status;
}

async function openPage(file: string): Promise<Verdict> {
  const { default: Page } = await import(path.join(APP, file));
  try {
    await Page({ params: Promise.resolve({ name: await freshAgent() }), searchParams: Promise.resolve({}) });
    return "in";
  } catch (thrown) {
    const digest = thrown instanceof Error && "digest" in thrown ? String(thrown.digest) : "";
    if (digest.startsWith("NEXT_HTTP_ERROR_FALLBACK;404")) return "not found";
    if (digest.startsWith("NEXT_REDIRECT") && digest.includes(";/login")) return "sign in";
    if (digest.startsWith("NEXT_REDIRECT")) return "in"; // sent on to where they are welcome
    throw thrown;
  }
}
