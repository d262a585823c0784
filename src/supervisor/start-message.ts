import path from "node:path";

import type { Config } from "#config.ts";

export type StartedState = {
  /** Present while nobody has an account yet. */
  setupLink: string | undefined;
  /** What the demo's seed has to say, such as how to sign in. */
  demoLines: readonly string[];
  /** No call reaches Anthropic: a scripted upstream answers in its place. */
  isUpstreamScripted: boolean;
};

/** What the terminal shows once everything works: where to go and what to do next, in a few lines. */
export function describeStart(config: Config, { setupLink, demoLines, isUpstreamScripted }: StartedState): string[] {
  const logs = path.relative(process.cwd(), path.join(config.dataDir, "logs"));
  return [
    "",
    config.isDemo ? "Trinity LLM observability is running, with demo data." : "Trinity LLM observability is running.",
    "",
    `  Portal    ${config.portal.url}`,
    `  Gateway   ${config.gateway.url}`,
    ...(config.helicone === null ? [] : [`  Helicone  ${config.heliconeDoor.url}  (for admins)`]),
    ...(setupLink === undefined ? [] : [`  Set-up    ${setupLink}`]),
    ...(isUpstreamScripted && !config.isDemo
      ? ["  Upstream  scripted, not Anthropic: nothing is spent (set ANTHROPIC_API_KEY for the real one)"]
      : []),
    ...demoLines.map((line) => `  ${line}`),
    "",
    nextStep(config, setupLink),
    `Logs are in ${logs.startsWith("..") ? path.join(config.dataDir, "logs") : logs}. Ctrl-C stops everything.`,
    "",
  ];
}

function nextStep(config: Config, setupLink: string | undefined): string {
  if (setupLink !== undefined)
    return "Next: open the set-up link to make the first admin. It works once, until the next start.";
  if (config.isDemo) return "Next: open the portal and sign in. Nothing here leaves this machine.";
  return "Next: create an agent in the portal and start Claude Code with the lines from its Connect panel.";
}
