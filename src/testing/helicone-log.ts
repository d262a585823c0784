import type { HeliconeStandIn } from "../../e2e/helicone/helicone-stand-in.ts";

export type LoggedCall = {
  id: string;
  agentName: string;
  at: Date;
  model?: string;
  usage?: Record<string, unknown>;
};

const USAGE = { input_tokens: 1_000, output_tokens: 100, cache_read_input_tokens: 500 };

/** Posts a finished call to the stand-in's log route, as the gateway would: 1,000 tokens in, 100 out, 500 from the cache. */
export async function logToHelicone(
  helicone: HeliconeStandIn,
  { id, agentName, at, model = "claude-sonnet-4-20250514", usage = USAGE }: LoggedCall,
): Promise<void> {
  const moment = { seconds: Math.floor(at.getTime() / 1_000), milliseconds: at.getTime() % 1_000 };
  const answer = await fetch(`${helicone.jawnUrl}/v1/trace/custom/v1/log`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${helicone.createKey("rw")}` },
    body: JSON.stringify({
      provider: "ANTHROPIC",
      providerRequest: {
        url: "https://api.anthropic.com/v1/messages",
        json: { model, messages: [] },
        meta: { "Helicone-Request-Id": id, "Helicone-Property-Agent-Name": agentName, "Helicone-User-Id": agentName },
      },
      providerResponse: { json: { type: "message", model, usage }, status: 200, headers: {} },
      timing: { startTime: moment, endTime: moment },
    }),
  });
  if (answer.status !== 200) throw new Error(`the stand-in answered ${answer.status}`);
}
