import { randomUUID } from "node:crypto";

import { request } from "undici";

import { originOf } from "#helicone/answer-origin.ts";
import { heliconeHeaders } from "#helicone/call-tags.ts";
import { type Check, type Examined, expectThat, holds, rowOf } from "#helicone/verify-check.ts";

const ANSWER_MS_MAX = 60_000;
const REFUSED_KEY = "sk-ant-api03-a-key-that-anthropic-refuses";
const BODY = {
  model: "claude-haiku-4-5-20251001",
  max_tokens: 1,
  messages: [{ role: "user", content: "Hi" }],
};

/** What proxy mode builds on. */
export const PROXY_CHECKS: readonly Check[] = [
  {
    name: "the proxy brings back Anthropic's answer with our id, and logs it",
    async run(examined) {
      const id = randomUUID();
      const answer = await callThrough(examined, id);
      const origin = originOf(answer.statusCode, answer.headers);
      const text = await answer.body.text();
      const noWay = "is there a way out to api.anthropic.com?";
      if (origin.from === "helicone") throw new Error(`the proxy does not get through: ${origin.reason}; ${noWay}`);
      expectThat(answer.headers["helicone-id"] === id, `its helicone-id is ${String(answer.headers["helicone-id"])}`);
      const wanted = examined.anthropicKey === null ? 401 : 200;
      expectThat(answer.statusCode === wanted, `Anthropic answers ${answer.statusCode}: ${text.slice(0, 200)}`);
      const { row, delayMs } = await rowOf(examined, id);
      expectThat(row.status === wanted, `the row's status is ${row.status}`);
      expectThat(row.agentName === examined.agentName, `the row's agent-name is ${JSON.stringify(row.agentName)}`);
      return holds(`status ${wanted}, row after ${delayMs} ms`);
    },
  },
  {
    name: "a call with an unknown key is proxied and not logged, so the answer proves nothing",
    async run(examined) {
      const id = randomUUID();
      const writeKey = "pk-helicone-zzzzzzz-zzzzzzz-zzzzzzz-zzzzzzz";
      const answer = await callThrough({ ...examined, keys: { ...examined.keys, writeKey } }, id);
      await answer.body.dump();
      expectThat(answer.headers["helicone-id"] === id, `it was not proxied: status ${answer.statusCode}`);
      return holds(`status ${answer.statusCode}, helicone-status ${String(answer.headers["helicone-status"])}`);
    },
  },
];

function callThrough({ url, keys, anthropicKey, agentName }: Examined, id: string) {
  const agent = { name: agentName, ownerId: null, type: null };
  const tags = heliconeHeaders({ id, sessionId: null, agent }, keys.writeKey ?? keys.logKey);
  return request(`${url}/v1/gateway/anthropic/v1/messages`, {
    method: "POST",
    headers: [
      ...["content-type", "application/json", "accept-encoding", "identity"],
      ...["anthropic-version", "2023-06-01", "x-api-key", anthropicKey ?? REFUSED_KEY],
      ...tags,
    ],
    body: JSON.stringify(BODY),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
}
