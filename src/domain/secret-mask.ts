/** Takes an agent's own secrets out of what it says: a command that prints its environment shows them to nobody. */
export type SecretMask = {
  /** The text with every secret replaced. */
  text(text: string): string;
  /** The text of a line that was cut at its end: the beginning of a secret that was cut with it is left out. */
  cut(text: string): string;
  /** The same for every text inside a JSON value. */
  json(value: unknown): unknown;
  /** The same for a text that comes in pieces. What could be the start of a secret is held back until that is clear. */
  stream(): { push(piece: string): string; flush(): string };
};

const MASK = "[redacted]";
/** Shorter values are words that may stand anywhere. */
const SECRET_LENGTH_MIN = 8;
const SECRET_NAME = /TOKEN|KEY|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|HEADERS|(?:^|_)PAT$/i;
const HEADERS_NAME = /HEADERS$/i;
/** Headers that say what a call is for, in words that may stand anywhere. */
const PLAIN_HEADER = /^(?:helicone-(?:property|session|user)|anthropic-|content-type|accept|user-agent)/i;
/** The password in an address: `postgres://name:password@host`. */
const ADDRESS_PASSWORD = /:\/\/[^\s:@/]*:([^\s@/]+)@/g;

/** Keys of the gateway and of Anthropic, known by how they begin. */
const KEY_STARTS = ["tvk_", "sk-ant-"];
const KEY = /(?:tvk_|sk-ant-)[\w-]{12,}/g;
const KEY_AT_END = /(?:tvk_|sk-ant-)[\w-]*$/;
/** No key is longer: what is, is not waited for. */
const KEY_LENGTH_MAX = 1_024;

/** The secrets in an environment: values of variables named like secrets, of each header in lists of headers, and passwords in addresses. */
export function secretsIn(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    const inAddress = [...value.matchAll(ADDRESS_PASSWORD)].flatMap(([, password]) => password ?? []);
    if (!SECRET_NAME.test(name)) return inAddress;
    if (HEADERS_NAME.test(name)) return value.split(/[\n,]/).flatMap(headerSecret);
    return [...new Set([value, ...value.split(/\r?\n/).map((line) => line.trim())]), ...inAddress];
  });
}

/** As `secretsIn`, of lines as Docker keeps them: `NAME=value`. */
export function secretsInLines(lines: readonly string[]): string[] {
  return secretsIn(
    Object.fromEntries(
      lines.map((line) => {
        const at = line.indexOf("=");
        return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
      }),
    ),
  );
}

/** A mask for these secrets, and for every key that is known by how it begins. */
export function createSecretMask(secrets: readonly string[]): SecretMask {
  const known = [...new Set(secrets)]
    .filter((secret) => secret.length >= SECRET_LENGTH_MIN && !/^\d+$/.test(secret))
    .sort((a, b) => b.length - a.length);
  const mask = (text: string) =>
    known.reduce((masked, secret) => masked.replaceAll(secret, MASK), text).replace(KEY, MASK);
  const maskJson = (value: unknown): unknown => {
    if (typeof value === "string") return mask(value);
    if (Array.isArray(value)) return value.map(maskJson);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [mask(key), maskJson(inner)]));
  };
  return {
    text: mask,
    cut: (text) => mask(text.slice(0, heldFrom(text, known))),
    json: maskJson,
    stream() {
      let held = "";
      return {
        push(piece) {
          const text = held + piece;
          const from = heldFrom(text, known);
          held = text.slice(from);
          return mask(text.slice(0, from));
        },
        flush() {
          const rest = mask(held);
          held = "";
          return rest;
        },
      };
    },
  };
}

function headerSecret(line: string): string[] {
  const text = line.trim();
  if (PLAIN_HEADER.test(text)) return [];
  const value = text.replace(/^[^:=]*[:=]\s*/, "");
  return [value.replace(/^(?:Bearer|Basic|Token)\s+/i, "").trim()];
}

/** Where the end of a text begins that may be a part of a secret whose rest has not come. */
function heldFrom(text: string, secrets: readonly string[]): number {
  const from = Math.min(
    text.length - heldLength(text, secrets),
    text.length - heldLength(text, KEY_STARTS),
    keyAtEnd(text),
  );
  return wholeSecretsFrom(text, secrets, from);
}

function wholeSecretsFrom(text: string, secrets: readonly string[], place: number): number {
  const least = secrets.reduce((from, secret) => spanStart(text, secret, from), place);
  return least === place ? place : wholeSecretsFrom(text, secrets, least);
}

/** A whole secret that lies across the place stays together. */
function spanStart(text: string, secret: string, place: number): number {
  const start = text.indexOf(secret, Math.max(0, place - secret.length + 1));
  return start >= 0 && start < place ? start : place;
}

function keyAtEnd(text: string): number {
  const start = KEY_AT_END.exec(text.slice(-KEY_LENGTH_MAX))?.index;
  return start === undefined ? text.length : Math.max(0, text.length - KEY_LENGTH_MAX) + start;
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
