/** Why a sign-in did not work, as it travels through the sign-in form's error code. */
export type SignInFailure =
  | { reason: "wrong_credentials" }
  | { reason: "too_many_attempts"; waitSeconds: number }
  | { reason: "account_disabled" }
  | { reason: "unavailable" };

/** The failure as one short code: its reason, and for throttling the seconds to wait ("too_many_attempts:73"). */
export function toSignInFailureCode(failure: SignInFailure): string {
  return failure.reason === "too_many_attempts" ? `${failure.reason}:${failure.waitSeconds}` : failure.reason;
}

/** The sentence for the person, from a code that `toSignInFailureCode` made; any other text reads as a fault of ours. */
export function describeSignInFailure(code: string): string {
  const [reason, seconds = ""] = code.split(":");
  switch (reason) {
    case "wrong_credentials":
      return "That e-mail and password do not match an account.";
    case "account_disabled":
      return "This account is disabled. Ask an admin to enable it.";
    case "too_many_attempts":
      return `Too many attempts. Try again in ${describeWait(Number(seconds))}.`;
    default:
      return "Signing in does not work at the moment. Try again in a minute.";
  }
}

/** A waiting time in words, rounded up: "45 seconds", "1 minute", "12 minutes". */
export function describeWait(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds <= 0) return "a moment";
  if (seconds < 60) return `${Math.ceil(seconds)} second${Math.ceil(seconds) === 1 ? "" : "s"}`;
  const minutes = Math.ceil(seconds / 60);
  return `${minutes} minute${minutes === 1 ? "" : "s"}`;
}
