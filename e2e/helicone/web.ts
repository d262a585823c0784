import { toObject } from "../anthropic/json.ts";
import type { User } from "./accounts.ts";
import { type Exchange, type Sent, sendPage } from "./exchange.ts";
import { type StandInState, sessionCookieName, userOf } from "./stand-in-state.ts";
import { page, SCRIPT, STYLE } from "./web-pages.ts";

/** What the web application remembers of its callers. */
export type WebMemory = {
  /** The address that better-auth took for its own when the first request came. */
  pinnedOrigin: string | null;
  /** When sign-ins came, by x-forwarded-for. */
  signIns: Map<string, number[]>;
};

const VARY = { vary: "RSC, Next-Router-State-Tree, Next-Router-Prefetch" };
const SIGN_INS_MAX = 3;
const SIGN_IN_WINDOW_MS = 10_000;

/** Answers one request to the web application. */
export function answerWeb(state: StandInState, memory: WebMemory, exchange: Exchange): Sent {
  const { path, headers, response } = exchange;
  memory.pinnedOrigin ??= state.settings.betterAuthUrl ?? `http://${headers.host ?? "localhost"}`;
  if (path.startsWith("/api/auth/")) return answerAuth(state, memory, exchange);
  if (path === "/__ENV.js") return sendText(exchange, "application/javascript", ENV_SCRIPT);
  if (path === "/_next/static/app.js") return sendText(exchange, "application/javascript", SCRIPT);
  if (path === "/_next/static/app.css") return sendText(exchange, "text/css", STYLE);
  if (path === "/static/logo.svg") return sendText(exchange, "image/svg+xml", LOGO);
  if (path.startsWith("/api/")) return answerMetrics(state, exchange);
  if (/^\/sign(in|up)$/.test(path)) return answerSignIn(state, exchange);
  const user = userOf(state, exchange);
  if (user === undefined || path === "/") {
    const location = user === undefined ? "/signin" : "/dashboard";
    return response.writeHead(307, { location }).end();
  }
  return sendPage(response, 200, page(path, user.email), VARY);
}

function answerAuth(state: StandInState, memory: WebMemory, exchange: Exchange): Sent {
  const route = `${exchange.method} ${exchange.path}`;
  if (route === "GET /api/auth/ok") return sendJson(exchange, 200, { ok: true });
  if (route === "GET /api/auth/get-session") return sendSession(state, exchange);
  if (exchange.method !== "POST") return sendJson(exchange, 404, undefined);
  if (hasForeignOrigin(memory, exchange)) {
    return sendJson(exchange, 403, { code: "INVALID_ORIGIN", message: "Invalid origin" });
  }
  if (isTooOften(memory, exchange)) {
    return sendJson(exchange, 429, { message: "Too many requests. Please try again later." });
  }
  if (state.faults.postgresDown) return sendJson(exchange, 500, undefined);
  if (route === "POST /api/auth/sign-up/email") return signUp(state, exchange);
  if (route === "POST /api/auth/sign-in/email") return signIn(state, exchange);
  if (route === "POST /api/auth/sign-out") return sendJson(exchange, 200, { success: true });
  return sendJson(exchange, 404, undefined);
}

function signUp(state: StandInState, exchange: Exchange): Sent {
  const { name, email, password } = toObject(exchange.json);
  if (typeof password !== "string" || password.length < 8) {
    return sendJson(exchange, 400, { code: "PASSWORD_TOO_SHORT", message: "Password too short" });
  }
  const user = state.accounts.signUp({ name: String(name), email: String(email), password });
  if (user === null) return sendJson(exchange, 422, { code: "USER_ALREADY_EXISTS", message: "User already exists" });
  return sendJson(exchange, 200, { token: null, user: userAnswer(user) });
}

function signIn(state: StandInState, exchange: Exchange): Sent {
  const { email, password } = toObject(exchange.json);
  const token = state.accounts.signIn(String(email), String(password));
  const user = state.accounts.users.find((one) => one.email === email);
  if (token === null || user === undefined) {
    const refusal = { code: "INVALID_EMAIL_OR_PASSWORD", message: "Invalid email or password" };
    return sendJson(exchange, 401, refusal);
  }
  const name = sessionCookieName(state);
  const secure = name.startsWith("__Secure-") ? " Secure;" : "";
  const cookie = `${name}=${encodeURIComponent(token)}; Max-Age=604800; Path=/; HttpOnly;${secure} SameSite=Lax`;
  const answer = { redirect: false, token: token.split(".")[0], user: userAnswer(user) };
  exchange.response.setHeader("set-cookie", cookie);
  return sendJson(exchange, 200, answer);
}

function sendSession(state: StandInState, exchange: Exchange): Sent {
  const user = userOf(state, exchange);
  if (user === undefined) return sendJson(exchange, 200, null);
  const session = [...state.accounts.sessions.values()].find((one) => one.user === user);
  return sendJson(exchange, 200, {
    user: { authUserId: user.authUserId, ...userAnswer(user) },
    session: { createdAt: session?.createdAt, userId: user.id, ipAddress: "127.0.0.1" },
  });
}

function userAnswer({ id, email, name, createdAt }: User): Record<string, unknown> {
  return { id, email, name, image: null, emailVerified: false, createdAt, updatedAt: createdAt };
}

/** better-auth looks at the origin only where a cookie comes along. */
function hasForeignOrigin({ pinnedOrigin }: WebMemory, { headers }: Exchange): boolean {
  if (headers.cookie === undefined) return false;
  const origin = headers.origin ?? headers.referer;
  return origin === undefined || pinnedOrigin === null || new URL(origin).origin !== new URL(pinnedOrigin).origin;
}

function isTooOften({ signIns }: WebMemory, { path, headers }: Exchange): boolean {
  const from = headers["x-forwarded-for"];
  if (from === undefined || !/^\/api\/auth\/sign-(in|up)/.test(path)) return false;
  const recent = (signIns.get(from) ?? []).filter((at) => at > Date.now() - SIGN_IN_WINDOW_MS);
  signIns.set(from, [...recent, Date.now()]);
  return recent.length >= SIGN_INS_MAX;
}

/** The dashboard's own numbers: by session and the cookie that its pages set, never by key. */
function answerMetrics(state: StandInState, exchange: Exchange): Sent {
  if (userOf(state, exchange) === undefined) return sendJson(exchange, 401, { error: "Unauthorized" });
  const total = state.rows.all.reduce((sum, row) => sum + row.cost, 0) / 1e9;
  return sendJson(exchange, 200, { data: exchange.path.includes("otal") ? total : [], error: null });
}

function answerSignIn(state: StandInState, exchange: Exchange): Sent {
  const { response, headers, path } = exchange;
  const isLocal = /localhost|vercel|us|eu/.test(headers.host ?? "");
  if (state.settings.isOnPrem === false && !isLocal) {
    return response.writeHead(308, { location: `https://us.helicone.ai${path}` }).end();
  }
  return sendPage(response, 200, page(path, null), VARY);
}

function sendJson({ response }: Exchange, status: number, value: unknown): Sent {
  response.writeHead(status, { ...VARY, ...(value !== undefined && { "content-type": "application/json" }) });
  return response.end(value === undefined ? undefined : JSON.stringify(value));
}

function sendText({ response }: Exchange, type: string, text: string): Sent {
  const headers = { "content-type": type, "cache-control": "public, max-age=0", etag: `W/"${text.length}"` };
  return response.writeHead(200, { ...headers, "content-length": Buffer.byteLength(text) }).end(text);
}

/** As the pinned image writes it: the browser is told to call jawn on its own machine. */
const ENV_SCRIPT =
  'window.__ENV = {"NEXT_PUBLIC_HELICONE_JAWN_SERVICE":"http://localhost:8585","NEXT_PUBLIC_BETTER_AUTH":"true"};';
const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16"><circle cx="8" cy="8" r="8"/></svg>';
