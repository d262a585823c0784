import { toObject } from "./json.ts";
import type { Script } from "./script.ts";

export type UpstreamEvent = { name: string; data: Record<string, unknown> };
export type UpstreamClient = ReturnType<typeof createUpstreamClient>;

/** A small valid body for /v1/messages, with `fields` on top. */
export function messageBody(fields: Record<string, unknown> = {}) {
  return { model: "claude-sonnet-5-5", max_tokens: 64, messages: [{ role: "user", content: "hello" }], ...fields };
}

/** The events of a stream, in order. */
export function parseEvents(text: string): UpstreamEvent[] {
  return text
    .split(/\r?\n\r?\n/)
    .filter((block) => block !== "")
    .map((block) => {
      const [name = "", data = ""] = block.split(/\r?\n/);
      return { name: name.replace("event: ", ""), data: toObject(JSON.parse(data.replace("data: ", ""))) };
    });
}

/** Asks /v1/messages at `url` (the upstream itself or a gateway before it), with scripts in the header. */
export function createUpstreamClient(url: string) {
  const post = (body: unknown, script?: Script): Promise<Response> => {
    const headers = { "x-api-key": "k", ...(script !== undefined && { "x-script": JSON.stringify(script) }) };
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return fetch(`${url}/v1/messages?beta=true`, { method: "POST", headers, body: text });
  };
  return {
    post,
    /** The events of a streamed answer. */
    events: async (script: Script, fields: Record<string, unknown> = {}): Promise<UpstreamEvent[]> =>
      parseEvents(await (await post(messageBody({ stream: true, ...fields }), script)).text()),
    /** The message of an answer in one piece. */
    message: async (script: Script, fields: Record<string, unknown> = {}): Promise<Record<string, unknown>> =>
      toObject(await (await post(messageBody(fields), script)).json()),
  };
}
