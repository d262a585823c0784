import { getPlatform } from "#platform.ts";
import { jsonResponse } from "#portal/rest/responses.ts";

const ANSWER_WITHIN_MS = 3_000;

/** `GET /api/health`: 200 while the database answers, else 503. */
export async function answerHealth(): Promise<Response> {
  try {
    await within(getPlatform().ping(), ANSWER_WITHIN_MS);
    return jsonResponse({ status: "ok" });
  } catch {
    return jsonResponse({ status: "unavailable" }, 503);
  }
}

async function within(work: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the database did not answer in time")), limitMs);
  });
  try {
    await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
