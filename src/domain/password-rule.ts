export const PASSWORD_LENGTH_MIN = 12;
export const PASSWORD_LENGTH_MAX = 256;

/** Long enough, and still the first thing anybody tries. Compared without case, spaces, digits and signs at the end. */
const OBVIOUS = [
  "password",
  "passwort",
  "administrator",
  "letmein",
  "letmeinletmein",
  "welcome",
  "changeme",
  "qwertyuiop",
  "qwertyuiopas",
  "correcthorsebatterystaple",
  "iloveyou",
  "iloveyouiloveyou",
  "trinity",
  "trinityadmin",
  "claudecode",
  "secretsecret",
];
const SEQUENCES = ["012345678901234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm"];

/**
 * Says what is wrong with a password, or null when it may be used. Length counts, not composition; what is
 * refused beyond that is the e-mail address and the few passwords that everybody tries first.
 */
export function passwordProblem(password: string, email: string): string | null {
  const length = [...password].length;
  if (length < PASSWORD_LENGTH_MIN)
    return `Use at least ${PASSWORD_LENGTH_MIN} characters. A few unrelated words work well.`;
  if (length > PASSWORD_LENGTH_MAX) return `Use at most ${PASSWORD_LENGTH_MAX} characters.`;
  const plain = password.toLowerCase().trim();
  const [localPart = ""] = email.toLowerCase().split("@");
  if (plain === email.toLowerCase() || (localPart.length > 3 && core(plain) === core(localPart))) {
    return "Choose a password that is not your e-mail address.";
  }
  if (isObvious(plain)) return "This password is among the first ones that are tried. Choose another.";
  return null;
}

function isObvious(plain: string): boolean {
  if (new Set(plain).size <= 2) return true;
  if (SEQUENCES.some((sequence) => sequence.includes(plain))) return true;
  return OBVIOUS.includes(core(plain)) || OBVIOUS.includes(plain);
}

/** Without what people append to get to the length that is asked of them. */
function core(text: string): string {
  return text.replace(/\s+/g, "").replace(/[\d\W_]+$/, "");
}
