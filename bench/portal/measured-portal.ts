import path from "node:path";

import { type Browser, chromium } from "@playwright/test";
import type pg from "pg";
import superjson from "superjson";
import { v4 as uuid } from "uuid";

import { hashPassword } from "#people/password.ts";
import { probePort } from "#supervisor/free-port.ts";

import { findChromium } from "../../scripts/ensure-chromium.mjs";
import { type BenchProcess, startBenchProcess } from "../gateway/bench-process.ts";
import type { View } from "./views.ts";

/** The built portal as `npm start` runs it, and an admin who is signed in to it. */
export type MeasuredPortal = {
  /** Milliseconds from asking to the whole answer. Throws where it is not answered with 200. */
  ask(view: View): Promise<number>;
  /** Milliseconds until a page can be used, in a browser that has seen nothing of it before. */
  open(address: string): Promise<number>;
  end(): Promise<void>;
};

const ROOT = path.resolve(import.meta.dirname, "../..");
const PASSWORD = "four calm otters read";
const EMAIL = "ada@example.com";

type Start = { databaseUrl: string; dataDir: string; pool: pg.Pool };

export async function startMeasuredPortal({ databaseUrl, dataDir, pool }: Start): Promise<MeasuredPortal> {
  await pool.query("INSERT INTO users (id, email, name, role, password_hash) VALUES ($1, $2, 'Ada', 'admin', $3)", [
    uuid(),
    EMAIL,
    await hashPassword(PASSWORD),
  ]);
  const port = await probePort(0);
  const url = `http://localhost:${port}`;
  const portal = await startBenchProcess({
    command: process.execPath,
    args: [path.join(ROOT, "dist/portal.mjs")],
    env: {
      DATABASE_URL: databaseUrl,
      DATA_DIR: dataDir,
      NEXTAUTH_URL: url,
      NEXTAUTH_SECRET: "a-secret-that-only-this-bench-uses",
      PORT: String(port),
      HOSTNAME: "127.0.0.1",
      LOG_LEVEL: "warn",
    },
    ready: { port },
  });
  const executablePath = findChromium();
  const browser = await chromium.launch({
    args: ["--no-sandbox"],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  const cookies = await signIn(browser, url);
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  return {
    ask: (view) => ask(`http://127.0.0.1:${port}`, cookie, view),
    open: (address) => openCold(browser, { url: url + address, cookies }),
    end: () => end(browser, portal),
  };
}

async function end(browser: Browser, portal: BenchProcess): Promise<void> {
  await browser.close();
  await portal.end();
}

type Cookies = Awaited<ReturnType<Awaited<ReturnType<Browser["newContext"]>>["cookies"]>>;

async function signIn(browser: Browser, url: string): Promise<Cookies> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${url}/login`);
  await page.getByLabel("E-mail").fill(EMAIL);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/agents");
  const cookies = await context.cookies();
  await context.close();
  return cookies;
}

async function ask(url: string, cookie: string, { procedure, input }: View): Promise<number> {
  const text = encodeURIComponent(JSON.stringify(superjson.serialize(input)));
  const beganAtMs = performance.now();
  const response = await fetch(`${url}/api/trpc/${procedure}?input=${text}`, { headers: { cookie } });
  const body = await response.text();
  if (response.status !== 200)
    throw new Error(`${procedure} was answered with ${response.status}: ${body.slice(0, 300)}`);
  return performance.now() - beganAtMs;
}

/** Usable: no place of it is still loading. */
async function openCold(browser: Browser, { url, cookies }: { url: string; cookies: Cookies }): Promise<number> {
  const context = await browser.newContext();
  await context.addCookies(cookies);
  const page = await context.newPage();
  const beganAtMs = performance.now();
  await page.goto(url, { waitUntil: "commit" });
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForFunction(() => document.querySelector(".skeleton, body > div[hidden][id^='S:']") === null);
  const tookMs = performance.now() - beganAtMs;
  await context.close();
  return tookMs;
}
