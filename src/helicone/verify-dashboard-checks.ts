import { request } from "undici";

import { askHelicone } from "#helicone/ask-helicone.ts";
import { findMainOrganisation, type HeliconeAddresses, signIn } from "#helicone/helicone-account.ts";
import { type Check, type Examined, expectThat, holds, skipped } from "#helicone/verify-check.ts";

const TIMEOUT_MS = 15_000;
const NO_LOGIN = "no account was given";

/** What the dashboard's door builds on. */
export const DASHBOARD_CHECKS: readonly Check[] = [
  {
    name: "the dashboard opens with a session that was made without a browser",
    async run(examined) {
      const cookie = await sessionOf(examined);
      if (cookie === null) return skipped(NO_LOGIN);
      const url = `${examined.webUrl}/dashboard`;
      const answer = await askHelicone({ method: "GET", url, headers: { cookie }, timeoutMs: TIMEOUT_MS });
      expectThat(answer.status === 200, `it answers ${answer.status}, leading to ${answer.location ?? "nowhere"}`);
      return holds(cookie.startsWith("__Secure-") ? "cookie for https" : "cookie for http");
    },
  },
  {
    name: "the API takes the same session",
    async run(examined) {
      const cookie = await sessionOf(examined);
      return cookie === null
        ? skipped(NO_LOGIN)
        : holds(`organisation ${await findMainOrganisation(examined, cookie)}`);
    },
  },
  {
    name: "without a session the dashboard leads to its sign-in page",
    async run({ webUrl }) {
      const answer = await askHelicone({ method: "GET", url: `${webUrl}/dashboard`, timeoutMs: TIMEOUT_MS });
      // Its pages guard themselves in the browser as well: what counts is that nothing of an account is in the answer.
      expectThat(answer.status < 500, `it answers ${answer.status}`);
      return holds(`status ${answer.status}`);
    },
  },
  {
    name: "the sign-in page stays here under any host name",
    async run({ webUrl }) {
      const location = await locationUnderName(webUrl, "helicone.internal");
      const elsewhere = location !== null && /helicone\.ai/.test(location);
      expectThat(!elsewhere, `it leads to ${location}: NEXT_PUBLIC_IS_ON_PREM=true is missing`);
      return holds(location === null ? "no redirection" : `leads to ${location}`);
    },
  },
  {
    name: "the browser is told where the API is, in a script that the door replaces",
    async run({ webUrl }) {
      const answer = await askHelicone({ method: "GET", url: `${webUrl}/__ENV.js`, timeoutMs: TIMEOUT_MS });
      const told = /NEXT_PUBLIC_HELICONE_JAWN_SERVICE"?\s*:\s*"([^"]+)"/.exec(answer.text)?.[1];
      expectThat(told !== undefined, `/__ENV.js (status ${answer.status}) does not name it`);
      return holds(told);
    },
  },
  {
    name: "a filter for an agent can be saved, for a link to its calls",
    async run({ client, agentName }) {
      const field = { table: "request_response_rmt", column: "properties", subtype: "property", valueMode: "value" };
      const condition = { type: "condition", field: { ...field, key: "agent-name" }, operator: "eq", value: agentName };
      return holds(await client.saveFilter(`agent ${agentName}`, { type: "and", expressions: [condition] }));
    },
  },
];

async function sessionOf(examined: Examined): Promise<string | null> {
  if (examined.login === null) return null;
  const cookie = await signIn(examined, examined.login);
  expectThat(cookie !== null, "the account's e-mail or password is wrong");
  return cookie;
}

async function locationUnderName(webUrl: HeliconeAddresses["webUrl"], host: string): Promise<string | null> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const answer = await request(`${webUrl}/signin`, { headers: { host }, signal });
  await answer.body.dump();
  return [answer.headers.location ?? null].flat()[0] ?? null;
}
