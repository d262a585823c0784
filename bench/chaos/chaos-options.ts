export type ChaosOptions = { kills: number; seconds: number; concurrency: number };

export const USAGE = `usage: npm run chaos -- [--kills N] [--seconds S] [--concurrency C]

Kills a gateway under load N times over about S seconds, at random moments, and now and then its connections to
PostgreSQL or PostgreSQL itself. Then every call that was answered must be in the ledger, once, as its answer said.`;

const DEFAULTS: ChaosOptions = { kills: 100, seconds: 300, concurrency: 40 };

/** Reads the arguments. Null: they are not understood. */
export function parseChaosOptions(args: readonly string[]): ChaosOptions | null {
  const options = { ...DEFAULTS };
  for (let at = 0; at < args.length; at += 2) {
    const name = args[at]?.replace(/^--/, "") ?? "";
    const value = Number(args[at + 1]);
    if (!isOption(name) || !Number.isInteger(value) || value < 1) return null;
    options[name] = value;
  }
  return options;
}

function isOption(name: string): name is keyof ChaosOptions {
  return Object.hasOwn(DEFAULTS, name);
}
