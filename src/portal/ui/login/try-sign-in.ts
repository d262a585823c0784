import { signIn } from "next-auth/react";

import { describeSignInFailure } from "#domain/sign-in-failure.ts";

/** Signs in with e-mail and password. Null when that worked, else the sentence for the person. */
export async function trySignIn(email: string, password: string): Promise<string | null> {
  // The library throws where the answer is not its own: the portal is down, or something stands between.
  const answer = await signIn("credentials", { email: email.trim(), password, redirect: false }).catch(() => undefined);
  if (answer?.ok && !answer.error) return null;
  return describeSignInFailure(answer?.error ?? "unavailable");
}
