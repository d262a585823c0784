import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { probePort } from "#supervisor/free-port.ts";
import { ask, errorIn, idOf, toHeader } from "#testing/ask.ts";
import { startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";
import { startGatewayProcess } from "#testing/gateway-process.ts";
import { ledgerDifferences } from "#testing/ledger-sums.ts";
import { connectRaw, rawHead } from "#testing/raw-http.ts";
import { messageBody } from "../../e2e/anthropic/upstream-client.ts";

const STREAM = { stream: true };

let folder: string;
let flag: string;
let gateway: TestGateway;
let agent: TestAgent;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "trinity-test-process-"));
  flag = path.join(folder, "full");
  const fullDisk = pathToFileURL(path.resolve("src/testing/full-disk.mjs")).href;
  gateway = await startTestGateway({ env: { NODE_OPTIONS: `--import ${fullDisk}`, FULL_DISK_FLAG: flag } });
  agent = await gateway.addAgent("a1");
}, 60_000);
afterAll(async () => {
  await gateway.stop();
  await rm(folder, { recursive: true });
});

let rowsSoFar = 0;
async function newRows(count: number) {
  const rows = await gateway.ledger(agent, rowsSoFar + count);
  const fresh = rows.slice(rowsSoFar);
  rowsSoFar = rows.length;
  return fresh;
}

describe("a full disk", () => {
  it("refuses calls with a clear error, sends nothing on, and loses nothing of what was under way", async () => {
    const running = [STREAM, {}].map((body) =>
      ask(gateway.url, { key: agent.key, body, script: { headersDelayMs: 600 } }),
    );
    await vi.waitFor(() => expect(gateway.upstream.calls).toHaveLength(2));
    await writeFile(flag, "");
    for (let round = 0; round < 3; round += 1) {
      const refused = await ask(gateway.url, { key: agent.key });
      const error = errorIn(refused.text);
      expect([refused.status, error.errorType, refused.headers["retry-after"]]).toEqual([503, "overloaded_error", "5"]);
      expect(error.message).toContain("cannot record calls");
    }
    const answers = await Promise.all(running);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    expect(gateway.upstream.calls).toHaveLength(2);
    expect(gateway.process().output()).toContain("ENOSPC");
    await rm(flag);
    const answer = await ask(gateway.url, { key: agent.key });
    const rows = await newRows(3);
    expect(rows.map((row) => row.id).toSorted()).toEqual([...answers, answer].map(idOf).toSorted());
    expect(rows.map((row) => row.outcome)).toEqual(["completed", "completed", "completed"]);
    expect(await ledgerDifferences(gateway.pool)).toEqual([]);
  });

  it("and a kill on top of it: what was under way is charged by what is known", async () => {
    const answer = ask(gateway.url, { key: agent.key, body: STREAM, script: { chunkDelayMs: 30 } });
    await sleep(100);
    await writeFile(flag, "");
    const id = idOf(await answer);
    await gateway.process().end("SIGKILL");
    await rm(flag);
    await gateway.restart();
    const rows = await newRows(1);
    expect(rows.map((row) => [row.id, row.outcome, row.is_estimated])).toEqual([[id, "incomplete", true]]);
    expect(rows[0]?.cost_nano_usd).toBeGreaterThan(0n);
  });
});

describe("the start", () => {
  async function startSecond(env: Record<string, string>): Promise<string> {
    const port = await probePort(0);
    const environment = { DATABASE_URL: gateway.databaseUrl, GATEWAY_PORT: String(port), ...env };
    const failure = await startGatewayProcess(environment, `http://127.0.0.1:${port}`).then(
      (started) => started.end().then(() => "it started"),
      (error: Error) => error.message,
    );
    return failure.replace("The gateway did not start:\n", "");
  }

  it("is refused in one line to a second gateway on the same journal, which leaves the first alone", async () => {
    const journal = path.join(gateway.dataDir, "journal");
    expect(await startSecond({ DATA_DIR: gateway.dataDir })).toBe(
      `Another process (${gateway.process().pid}) uses ${journal}. Stop it, or set DATA_DIR=… for a second one.\n`,
    );
    expect((await ask(gateway.url, { key: agent.key })).status).toBe(200);
    expect(await newRows(1)).toHaveLength(1);
  });

  it("is refused in one line where the journal cannot be made", async () => {
    await writeFile(path.join(folder, "file"), "");
    expect(await startSecond({ DATA_DIR: path.join(folder, "file") })).toMatch(
      /^The folder .*journal cannot be used \((ENOTDIR|EEXIST)\)\. Make it writable or set DATA_DIR=…\n$/,
    );
  });

  it("is refused in one line on a port that is taken", async () => {
    const port = new URL(gateway.url).port;
    expect(await startSecond({ DATA_DIR: path.join(folder, "own"), GATEWAY_PORT: port })).toBe(
      `listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`,
    );
  });

  it("gives the folder to the next one at once after a kill", async () => {
    await gateway.restart("SIGKILL");
    expect((await ask(gateway.url, { key: agent.key })).status).toBe(200);
    await newRows(1);
  });
});

describe("asked to stop", () => {
  it("running answers end in order, nobody is let in, and idle connections hold nothing up", async () => {
    const idle = await connectRaw(gateway.url);
    const first = { chunkDelayMs: 100, text: "z".repeat(240) };
    const body = JSON.stringify(messageBody(STREAM));
    const busy = await connectRaw(gateway.url);
    busy.write(
      rawHead([`x-api-key: ${agent.key}`, `Content-Length: ${body.length}`, `x-script: ${toHeader(first)}`]) + body,
    );
    await vi.waitFor(() => expect(busy.received()).toContain("text_delta"));
    const startedAt = performance.now();
    const ended = gateway.process().end("SIGTERM");
    await sleep(100);
    // On the busy connection a further request may still arrive.
    busy.write(`${rawHead([`x-api-key: ${agent.key}`, "Content-Length: 2"])}{}`);
    await expect(ask(gateway.url, { key: agent.key })).rejects.toThrow(/ECONNREFUSED|other side closed|ECONNRESET/);
    await ended;
    await Promise.all([busy.closed, idle.closed]);
    expect(performance.now() - startedAt).toBeLessThan(6_000);
    const [answer = "", refusal = ""] = busy.received().split("HTTP/1.1 503");
    expect(answer).toContain("event: message_stop");
    expect(refusal).toContain("The gateway is restarting");
    expect((await newRows(1)).map((row) => row.outcome)).toEqual(["completed"]);
    await gateway.restart();
  });

  async function stopSoon(): Promise<void> {
    await sleep(200);
    process.kill(gateway.process().pid, "SIGTERM");
  }

  it("what does not end in ten seconds is cut, and in the ledger", async () => {
    const script = { stallAfterEvents: 5, usage: { input_tokens: 600, output_tokens: 1 } };
    const [answer] = await Promise.allSettled([ask(gateway.url, { key: agent.key, body: STREAM, script }), stopSoon()]);
    expect(answer).toMatchObject({
      status: "rejected",
      reason: { message: expect.stringMatching(/closed|terminated/) },
    });
    const rows = await newRows(1);
    expect(rows.map((row) => [row.outcome, row.error_type, row.input_tokens])).toEqual([
      ["incomplete", "gateway_stopped", 600],
    ]);
    await gateway.restart();
  });

  it("by the end of the process that started it, it stops by itself", async () => {
    const port = await probePort(0);
    const env = {
      DATABASE_URL: gateway.databaseUrl,
      DATA_DIR: path.join(folder, "child"),
      GATEWAY_PORT: String(port),
      NODE_ENV: "test",
    } as const;
    const child = fork("src/gateway/main.ts", {
      env,
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const [message] = await once(child, "message");
    expect(message).toEqual({ ready: true, port });
    child.disconnect();
    const [code] = await once(child, "exit");
    expect(code).toBe(0);
  });
});
