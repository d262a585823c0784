import { hash, verify } from "@node-rs/argon2";

/** Argon2id with 19 MiB and two passes (the library's defaults, and OWASP's minimum). */
export function hashPassword(password: string): Promise<string> {
  return hash(normalised(password));
}

let standIn: Promise<string> | null = null;

/**
 * Tells whether the password belongs to the hash. With no hash (nobody has that e-mail) it does the same work
 * and says no, so that the time taken does not tell who has an account.
 */
export async function isPassword(password: string, passwordHash: string | null): Promise<boolean> {
  standIn ??= hashPassword("nobody has this password");
  const isMatch = await verify(passwordHash ?? (await standIn), normalised(password));
  return isMatch && passwordHash !== null;
}

/** The same password typed on two keyboards can be two sequences of code points. */
function normalised(password: string): string {
  return password.normalize("NFKC");
}
