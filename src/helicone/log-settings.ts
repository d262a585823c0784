import type { Actor } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import { DEFAULT_LOG_CONTENT, type LogContent } from "#domain/helicone-log.ts";
import type { AgentLogContent, LogSettingsStore } from "#helicone/log-settings-store.ts";

/**
 * How much Helicone is told. `agents`: every one there is, by name; null follows the fleet's. `limits`: what the present mode, and
 * each choice, cannot do, as sentences for people.
 */
export type LogSettingsView = {
  mode: "log" | "proxy" | null;
  fleet: LogContent;
  agents: AgentLogContent[];
  limits: { ofMode: string[]; ofContent: Record<LogContent, string> };
};

export type LogSettings = ReturnType<typeof createLogSettings>;

const OF_MODE: Record<"log" | "proxy" | "off", string[]> = {
  log: ['Agents with the routing "helicone" send Helicone their full texts themselves, whatever is chosen here.'],
  proxy: [
    "Helicone sees the full texts of every call that goes through it, whatever is chosen here. The choice holds for calls that went around it.",
    'Agents with the routing "helicone" send Helicone their full texts themselves, whatever is chosen here.',
  ],
  off: ["Helicone is turned off: it is told nothing."],
};

const OF_CONTENT: Record<LogContent, string> = {
  metadata: 'Helicone shows model, tokens, cost, times and status; where the texts would be it shows "[not logged]".',
  redacted:
    "Secrets are found by what they look like or what they are called: a password in plain words, names and other private text stay.",
  full: "Helicone keeps prompts and answers as they are, with every secret in them, for as long as it likes.",
};

/**
 * The switches for what Helicone is told, for admins. The gateway hears of a change at once. A lesser choice holds for calls that
 * still wait as well; what Helicone has already been told stays with it.
 */
export function createLogSettings(store: LogSettingsStore, mode: "log" | "proxy" | null) {
  return {
    async view(): Promise<LogSettingsView> {
      const [fleet, agents] = await Promise.all([store.fleet(), store.agents()]);
      const limits = { ofMode: OF_MODE[mode ?? "off"], ofContent: OF_CONTENT };
      return { mode, fleet: fleet ?? DEFAULT_LOG_CONTENT, agents, limits };
    },

    /** `everyAgent`: agents that had a choice of their own follow as well, now and later. */
    setFleet: (actor: Actor, content: LogContent, everyAgent: boolean): Promise<void> =>
      store.setFleet(actor, content, everyAgent),

    /** Null: as the fleet. @throws DomainError not_found when the agent has been removed */
    async setAgent(actor: Actor, agent: { id: number; name: string }, content: LogContent | null): Promise<void> {
      if (!(await store.setAgent(actor, agent, content))) {
        throw new DomainError("not_found", `There is no agent named "${agent.name}".`);
      }
    },
  };
}
