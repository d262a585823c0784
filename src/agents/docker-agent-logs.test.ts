import { Readable } from "node:stream";

import { expect, it } from "vitest";

import { followAgentLogs } from "#agents/docker-agent-logs.ts";
import type { DockerEngine } from "#agents/docker-engine.ts";

const KEY = "sk-ant-api03-canary-of-somebody-else";
const TOKEN = "oauth-canary-of-somebody-else";
const CONTAINER = {
  Id: "1",
  Config: {
    Env: [
      `ANTHROPIC_API_KEY=${KEY}`,
      `CLAUDE_CODE_OAUTH_TOKEN=${TOKEN}`,
      "ANTHROPIC_CUSTOM_HEADERS=X-Team: research\nAuthorization: Bearer header-canary",
      "db_password=pass-word-canary",
      "HOME=/home/developer",
    ],
  },
};

/** An engine that answers one request for output, in these pieces of Docker's frames. */
function engineOf(...pieces: Buffer[]): DockerEngine {
  const logs = async () =>
    (async function* () {
      yield* pieces;
    })();
  return { logs } as unknown as DockerEngine; // the one call that reading output makes
}

function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = 1;
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

async function read(...pieces: Buffer[]): Promise<string[]> {
  const request = { tail: 100, follow: false, signal: new AbortController().signal };
  return Readable.from(followAgentLogs(async () => CONTAINER, { engine: engineOf(...pieces), request })).toArray();
}

const AT = "2026-01-02T03:04:05.000000006Z ";

it("what a container prints of its environment's secrets is shown to nobody, wherever the stream is divided", async () => {
  const whole = frame(`${AT}env: ${KEY} ${TOKEN} header-canary pass-word-canary /home/developer\n`);
  for (let cut = 1; cut < whole.length; cut += 7) {
    const lines = await read(whole.subarray(0, cut), whole.subarray(cut));
    expect(lines).toEqual(["env: [redacted] [redacted] [redacted] [redacted] /home/developer"]);
  }
  const inFrames = await read(frame(`${AT}key ${KEY.slice(0, 20)}`), frame(`${KEY.slice(20)} end\n`));
  expect(inFrames).toEqual(["key [redacted] end"]);
});

it("a key of ours or of Anthropic's that is not in its environment is not shown either", async () => {
  const lines = await read(frame(`${AT}old tvk_0123456789abcdefghij and sk-ant-api03-0123456789\n`));
  expect(lines).toEqual(["old [redacted] and [redacted]"]);
});

it("a line that is cut in the middle of a secret shows no part of it", async () => {
  const lines = await read(frame(`${AT}${"x".repeat(16_384 - 12)}${TOKEN}${"y".repeat(9)}\n`));
  expect(lines).toEqual([`${"x".repeat(16_384 - 12)}…`]);
});
