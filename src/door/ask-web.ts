import { type AskedAnswer, askHelicone, type Question } from "#helicone/ask-helicone.ts";

/** Why Helicone cannot be shown. */
export type HeliconeFailure =
  | "not_set_up"
  | "no_account"
  | "unreachable"
  | "timed_out"
  | "sign_in_refused"
  | "signs_in_too_often"
  | "unusable";

/** Carries a failure from where it is met to where it is told. */
export class HeliconeUnavailable extends Error {
  readonly failure: HeliconeFailure;

  constructor(failure: HeliconeFailure) {
    super(`Helicone: ${failure}`);
    this.name = "HeliconeUnavailable";
    this.failure = failure;
  }
}

const ANSWER_WITHIN_MS = 10_000;

/**
 * Asks Helicone's web application something on the door's own account.
 * @throws HeliconeUnavailable
 */
export async function askWeb(question: Omit<Question, "timeoutMs">): Promise<AskedAnswer> {
  const startedAt = performance.now();
  try {
    return await askHelicone({ ...question, timeoutMs: ANSWER_WITHIN_MS });
  } catch {
    const isLate = performance.now() - startedAt >= ANSWER_WITHIN_MS;
    throw new HeliconeUnavailable(isLate ? "timed_out" : "unreachable");
  }
}
