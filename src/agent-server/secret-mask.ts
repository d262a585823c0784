/** Takes an agent's own secrets out of what it says: a command that prints its environment shows them to nobody. */
export type SecretMask = {
  /** The text with every secret replaced. */
  text(text: string): string;
  /** The same for every text inside a JSON value. */
  json(value: unknown): unknown;
  /** The same for a text that comes in pieces. What could be the start of a secret is held back until that is clear. */
  stream(): { push(piece: string): string; flush(): string };
};

const MASK = "[redacted]";
/** Shorter values are words that may stand anywhere. */
const SECRET_LENGTH_MIN = 8;
const SECRET_NAME = /(KEY|TOKEN|SECRET|PASSWORD|HEADERS|PAT)$/;

/** The secrets in an environment: values of variables named like secrets, and of each header in lists of headers. */
export function secretsIn(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    if (!SECRET_NAME.test(name)) return [];
    if (!name.endsWith("HEADERS")) return [value];
    return value.split(/[\n,]/).flatMap((line) => [line.replace(/^[^:=]*[:=]\s*(Bearer\s+)?/i, "").trim()]);
  });
}

/** A mask for these secrets. */
export function createSecretMask(secrets: readonly string[]): SecretMask {
  const known = [...new Set(secrets)]
    .filter((secret) => secret.length >= SECRET_LENGTH_MIN)
    .sort((a, b) => b.length - a.length);
  const mask = (text: string) => known.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
  const maskJson = (value: unknown): unknown => {
    if (typeof value === "string") return mask(value);
    if (Array.isArray(value)) return value.map(maskJson);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [mask(key), maskJson(inner)]));
  };
  return {
    text: mask,
    json: maskJson,
    stream() {
      let held = "";
      return {
        push(piece) {
          const text = mask(held + piece);
          const safe = text.length - heldLength(text, known);
          held = text.slice(safe);
          return text.slice(0, safe);
        },
        flush() {
          const rest = held;
          held = "";
          return rest;
        },
      };
    },
  };
}

/** How many of the last characters are the start of some secret. */
function heldLength(text: string, secrets: readonly string[]): number {
  const longest = Math.min(text.length, Math.max(0, ...secrets.map((secret) => secret.length - 1)));
  for (let length = longest; length > 0; length -= 1) {
    const tail = text.slice(-length);
    if (secrets.some((secret) => secret.length > length && secret.startsWith(tail))) return length;
  }
  return 0;
}
