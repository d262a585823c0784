/** An amount of money in billionths of a US dollar: exact for every price per token that is published. */
export type NanoUsd = bigint;

const NANO_PER_USD = 1_000_000_000n;
const DECIMALS = 9;

/**
 * Reads a dollar amount as people write it ("10", "0.25", "1234.5"), exactly.
 * Returns null for anything else: signs, exponents, currency symbols, separators, more than 9 decimals.
 */
export function parseUsd(text: string): NanoUsd | null {
  const match = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(text.trim());
  if (match === null) return null;
  const [, whole = "0", fraction = ""] = match;
  return BigInt(whole) * NANO_PER_USD + BigInt(fraction.padEnd(DECIMALS, "0"));
}

/** The plain decimal text of an amount, with as many decimals as it needs ("0.0816", "10"). Inverse of parseUsd. */
export function toUsdText(amount: NanoUsd): string {
  const sign = amount < 0n ? "-" : "";
  const absolute = amount < 0n ? -amount : amount;
  const fraction = (absolute % NANO_PER_USD).toString().padStart(DECIMALS, "0").replace(/0+$/, "");
  return `${sign}${absolute / NANO_PER_USD}${fraction === "" ? "" : `.${fraction}`}`;
}

/**
 * The amount as people read it. From one cent up: cents, rounded half up ("$2.47", "$1,234.00"). Below one
 * cent: enough decimals for two significant digits ("$0.0038"), so that a small cost never reads as nothing.
 */
export function formatUsd(amount: NanoUsd): string {
  const sign = amount < 0n ? "-" : "";
  const absolute = amount < 0n ? -amount : amount;
  if (absolute === 0n) return "$0.00";
  const decimals = absolute >= NANO_PER_USD / 100n ? 2 : Math.min(DECIMALS, DECIMALS + 2 - absolute.toString().length);
  const step = 10n ** BigInt(DECIMALS - decimals);
  const rounded = ((absolute + step / 2n) / step) * step;
  const whole = (rounded / NANO_PER_USD).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  const fraction = (rounded % NANO_PER_USD).toString().padStart(DECIMALS, "0").slice(0, decimals);
  return `${sign}$${whole}.${fraction}`;
}
