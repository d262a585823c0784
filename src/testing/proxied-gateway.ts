import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { writeCredentials } from "#helicone/credentials.ts";
import { ask } from "#testing/ask.ts";
import { startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";
import { type ScriptedAnthropic, startScriptedAnthropic } from "../../e2e/anthropic/scripted-anthropic.ts";
import { type HeliconeStandIn, startHeliconeStandIn } from "../../e2e/helicone/helicone-stand-in.ts";

export type ProxiedGateway = {
  gateway: TestGateway;
  agent: TestAgent;
  /** What both the gateway and Helicone call. */
  upstream: ScriptedAnthropic;
  helicone: HeliconeStandIn;
  /** Where its keys for Helicone are. */
  credentialsDir: string;
  /** The message calls that have reached the upstream, oldest first, and whether each came through Helicone. */
  reached(): { way: "through" | "around"; headers: Record<string, string> }[];
  /** What the gateway's log says of Helicone, oldest first. */
  changes(): ("fails" | "works")[];
  /** Makes calls until they go through Helicone again; at most half a minute. */
  goThroughAgain(): Promise<void>;
  stop(): Promise<void>;
};

/** As long as Helicone may be silent in tests. */
export const HELICONE_TIMEOUT_MS = 2_000;
export const HELICONE_IDLE_TIMEOUT_MS = 1_000;
/** Longer than a test lasts, so that calls find out by themselves. */
const HELICONE_KEEPING_CHECK_MS = 3_600_000;

/** A gateway whose calls go through the stand-in for Helicone, with keys of its own as the set-up leaves them. */
export async function startProxiedGateway(env: Record<string, string> = {}): Promise<ProxiedGateway> {
  const upstream = await startScriptedAnthropic();
  const helicone = await startHeliconeStandIn({ upstreamUrl: upstream.url });
  const credentialsDir = await mkdtemp(path.join(os.tmpdir(), "trinity-test-helicone-"));
  const keys = { writeKey: helicone.createKey("w"), logKey: helicone.createKey("rw") };
  await writeCredentials(credentialsDir, { gateway: keys });
  const gateway = await startTestGateway({
    env: {
      ANTHROPIC_UPSTREAM_URL: upstream.url,
      HELICONE_ENABLED: "true",
      HELICONE_MODE: "proxy",
      HELICONE_URL: helicone.jawnUrl,
      HELICONE_CREDENTIALS_DIR: credentialsDir,
      HELICONE_TIMEOUT_MS: String(HELICONE_TIMEOUT_MS),
      HELICONE_IDLE_TIMEOUT_MS: String(HELICONE_IDLE_TIMEOUT_MS),
      HELICONE_KEEPING_CHECK_MS: String(HELICONE_KEEPING_CHECK_MS),
      ...env,
    },
  });
  const agent = await gateway.addAgent("a1");
  const changes = () => changesIn(gateway.process().output());
  return {
    gateway,
    agent,
    upstream,
    helicone,
    credentialsDir,
    reached: () =>
      upstream.calls
        .filter(({ path }) => path.startsWith("/v1/messages") && !path.includes("count_tokens"))
        .map(({ headers }) => ({ way: headers["x-datadog-trace-id"] === undefined ? "around" : "through", headers })),
    changes,
    async goThroughAgain() {
      const deadlineAt = Date.now() + 30_000;
      while (changes().at(-1) === "fails" && Date.now() < deadlineAt) {
        await ask(gateway.url, { key: agent.key });
        await sleep(50);
      }
    },
    async stop() {
      await gateway.stop();
      await Promise.all([helicone.close(), upstream.close(), rm(credentialsDir, { recursive: true, force: true })]);
    },
  };
}

function changesIn(output: string): ("fails" | "works")[] {
  return [...output.matchAll(/"msg":"Helicone (fails|works)/g)].map(([, word]) =>
    word === "fails" ? "fails" : "works",
  );
}
