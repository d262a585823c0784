/**
 * What credentials look like, by the prefixes that their issuers give them so that scanners find them. Each pattern takes time
 * in proportion to the text, whatever the text is: it is written by agents.
 */
const TOKENS: readonly RegExp[] = [
  /\bsk-(?:ant|proj|svcacct|admin|or|lf|helicone)-[\w-]{8,}/g, // Anthropic, OpenAI, OpenRouter, Langfuse, Helicone
  /\bpk-helicone-[\w-]{8,}/g,
  /\bsk-[A-Za-z0-9]{20,}/g,
  /\btvk_[\w-]{8,}/g, // our own
  /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/g, // AWS
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g, // GitHub
  /\bgithub_pat_\w{20,}/g,
  /\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-[\w-]{16,}/g, // GitLab
  /\bxox[abeoprs]-[\w-]{10,}/g, // Slack
  /\bxapp-\d-[\w-]{10,}/g,
  /https:\/\/hooks\.slack\.com\/(?:services|workflows)\/[\w/+-]{10,}/g,
  /https:\/\/(?:\w{1,20}\.)?discord(?:app)?\.com\/api\/webhooks\/\d{5,30}\/[\w-]{20,}/g,
  /\bAIza[\w-]{35}/g, // Google
  /\bya29\.[\w-]{20,}/g,
  /\bGOCSPX-[\w-]{20,}/g,
  /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/g, // Stripe
  /\bwhsec_[A-Za-z0-9+/=]{16,}/g,
  /\bSG\.[\w-]{16,32}\.[\w-]{16,64}/g, // SendGrid
  /\bkey-[0-9a-f]{32}\b/g, // Mailgun
  /\bnpm_[A-Za-z0-9]{30,}/g,
  /\bpypi-[\w-]{40,}/g,
  /\bhf_[A-Za-z0-9]{30,}/g, // Hugging Face
  /\bgsk_[A-Za-z0-9]{30,}/g, // Groq
  /\bdckr_(?:pat|oat)_[\w-]{20,}/g, // Docker
  /\bhv[sbr]\.[\w-]{20,}/g, // Vault
  /\bdop_v1_[0-9a-f]{40,}/g, // DigitalOcean
  /\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}/g, // Shopify
  /\bsq0(?:atp|csp)-[\w-]{20,}/g, // Square
  /\blin_(?:api|oauth)_[A-Za-z0-9]{30,}/g, // Linear
  /\bATATT3[\w=-]{30,}/g, // Atlassian
  /\bdp\.(?:pt|st|ct|sa)\.[\w.-]{30,}/g, // Doppler
  /\bAGE-SECRET-KEY-1[A-Z0-9]{30,}/g,
  /\b\d{8,10}:AA[\w-]{33}/g, // Telegram
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g, // a JSON web token
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!----)){0,40000}(?:-----END [A-Z0-9 ]{0,60}-----)?/g,
];

const SECRET_WORD =
  "pass(?:word|wd|phrase|code)?|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|signing[_-]?key|encryption[_-]?key|credentials?";
/** The part of each that is kept comes first. */
const AFTER_ITS_NAME: readonly RegExp[] = [
  /\b((?:bearer|basic)\s{1,3})[\w.~+/=-]{12,}/gi,
  /\b((?:proxy-)?authorization["']?\s{0,3}[:=]\s{0,3}["']?(?:[a-z]{1,12}\s{1,3})?)[^\s"'\\]{8,}/gi,
  /\b((?:set-)?cookie["']?\s{0,3}:\s{0,3}["']?)[^\r\n"'\\]{8,}/gi,
  /\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"'\\]{0,100}:)[^\s@/"'\\]{1,200}(?=@)/gi,
  // NAME_PASSWORD=…, "apiKey": "…", --token …
  new RegExp(
    `((?:${SECRET_WORD})(?:_?(?:id|value|hash|base64|b64))?\\\\?["'\`]?(?:\\s{0,4}(?:=>|:=|==?|:)\\s{0,4}|(?<=--[\\w-]{1,60})[ =])\\\\?["'\`]?)(?!\\[redacted\\])[^\\s"'\`,;&<>{}()[\\]\\\\]{6,}`,
    "gi",
  ),
];

/**
 * Programs that are given a password on their command line. What an option means only its program says: `-p` is mysql's password and
 * a port of docker's. So options count up to the end of such a command, and nowhere else.
 */
const USER_COMMAND = /\b(?:curl|wget)\b[^\r\n|;&]{0,500}/g;
const PASSWORD_COMMAND =
  /\b(?:mysql|mysqladmin|mysqldump|mysqlimport|mariadb|mariadb-admin|mariadb-dump|mongo|mongosh|mongodump|mongorestore|sshpass|redis-cli|(?:docker|podman)\s{1,3}login)\s[^\r\n|;&]{0,500}/g;
/** `-u ada:…`, also among other letters, and `--user ada:…` */
const USER_OPTION =
  /(\s(?:-[a-zA-Z]{0,8}u[ =]{0,2}|--(?:proxy-)?user[ =])["'\\]{0,2}[^\s:"'\\]{1,100}:)[^\s"'\\]{1,200}/g;
/** `-p…` or `-p …`; redis-cli's is `-a`. A port stands where a password might, and a path after an option of another program. */
const PASSWORD_OPTION =
  /(\s-[pa](?:\s{1,3}(?!\d{1,5}(?:\s|$)|[/~.]))?(?![\d.]*(?::\d{1,5}){1,2}(?:\/(?:tcp|udp))?(?:\s|$))["'\\]{0,2})[^\s"'\\-][^\s"'\\]{2,200}/g;

/** The name of a field whose text is a secret, whatever it looks like. Counts of tokens are numbers, and stay. */
const SECRET_FIELD = new RegExp(
  `(?:^|[_-]|(?<=[a-z])(?=[A-Z]))(?:${SECRET_WORD}|authorization|cookie)(?:[_-]?(?:value|base64|b64))?$`,
  "i",
);

export const REDACTED = "[redacted]";

/** The text with everything in it that looks like a secret replaced. Pure. */
export function redactText(text: string): string {
  const withoutTokens = TOKENS.reduce((left, pattern) => left.replace(pattern, REDACTED), text);
  const withoutNamed = AFTER_ITS_NAME.reduce((left, pattern) => left.replace(pattern, `$1${REDACTED}`), withoutTokens);
  return withoutNamed
    .replace(USER_COMMAND, (command) => command.replace(USER_OPTION, `$1${REDACTED}`))
    .replace(PASSWORD_COMMAND, (command) => command.replace(PASSWORD_OPTION, `$1${REDACTED}`));
}

/** The same for every text inside a JSON value, and for what stands in fields that are named like secrets. Pure. */
export function redactJson(value: unknown, isSecret = false): unknown {
  if (typeof value === "string") return isSecret && value !== "" ? REDACTED : redactText(value);
  if (Array.isArray(value)) return value.map((inner) => redactJson(inner, isSecret));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [redactText(name), redactJson(inner, SECRET_FIELD.test(name))]),
  );
}
