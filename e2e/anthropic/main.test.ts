import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

import { expect, it } from "vitest";

const MAIN = path.join(import.meta.dirname, "main.ts");

async function start(...args: string[]): Promise<{ child: ChildProcess; line: string }> {
  const child = fork(MAIN, args, { execArgv: ["--import", "tsx"], stdio: ["ignore", "pipe", "inherit", "ipc"] });
  const [line] = await once(child.stdout ?? child, "data");
  return { child, line: String(line) };
}

it("prints where it listens, answers there, and ends when its parent lets go of it", async () => {
  const { child, line } = await start("--key", "k1");
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? "";
  expect((await fetch(`${url}/v1/models`, { headers: { "x-api-key": "k1" } })).status).toBe(200);
  expect((await fetch(`${url}/v1/models`, { headers: { "x-api-key": "k2" } })).status).toBe(401);
  child.disconnect();
  expect((await once(child, "exit"))[0]).toBe(0);
});

it("ends on SIGTERM", async () => {
  const { child } = await start();
  child.kill("SIGTERM");
  expect((await once(child, "exit"))[0]).toBe(0);
});
