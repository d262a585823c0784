import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

import { expect, it } from "vitest";

import { parseJson, toObject } from "../anthropic/json.ts";

const MAIN = path.join(import.meta.dirname, "main.ts");

type Started = { child: ChildProcess; urls: Record<string, unknown> };

async function start(env: Record<string, string>): Promise<Started> {
  const stdio = ["ignore", "pipe", "inherit", "ipc"] as const;
  const child = fork(MAIN, [], {
    execArgv: ["--import", "tsx"],
    env: { ...process.env, ...env },
    stdio: [...stdio],
  });
  const [line] = await once(child.stdout ?? child, "data");
  return { child, urls: toObject(parseJson(String(line))) };
}

it("tells its addresses, obeys its control port, and ends when its parent lets go of it", async () => {
  const { child, urls } = await start({ S3_REGION: "us-west-2" });
  const control = (name: string, body?: unknown) =>
    fetch(`${urls.controlUrl}/${name}`, { method: body === undefined ? "GET" : "POST", body: JSON.stringify(body) });
  expect((await fetch(`${urls.jawnUrl}/healthcheck`)).status).toBe(200);
  const signIn = await fetch(`${urls.webUrl}/signin`, { redirect: "manual" });
  expect(signIn.headers.get("location")).toBe("https://us.helicone.ai/signin"); // NEXT_PUBLIC_IS_ON_PREM is forgotten
  expect(toObject(await (await control("key", { permissions: "rw" })).json()).key).toMatch(/^sk-helicone-/);
  await control("faults", { jawn: "down" });
  await expect(fetch(`${urls.jawnUrl}/healthcheck`)).rejects.toThrow("fetch failed");
  expect((await control("faults", { jawn: "asleep" })).status).toBe(400);
  expect(await (await control("received")).json()).toHaveLength(2);
  child.disconnect();
  expect((await once(child, "exit"))[0]).toBe(0);
});
