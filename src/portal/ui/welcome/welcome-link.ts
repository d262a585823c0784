import * as z from "zod/mini";

const linkAnswer = z.object({
  kind: z.enum(["setup", "invite", "reset"]),
  email: z.nullable(z.string()),
  role: z.enum(["admin", "owner"]),
});
const refusalAnswer = z.object({ error: z.object({ message: z.string() }) });

/** What a one-time link is for. */
export type WelcomeLink = z.infer<typeof linkAnswer>;
export type WelcomeForm = { token: string; name: string; email: string; password: string };

type Answer<T> = { isRefused: false; value: T } | { isRefused: true; reason: string };

const UNREACHABLE = "The portal could not be reached. Check the connection, then try again.";

/** Asks what a link is for, without using it up. The token travels in the body, never in an address. */
export async function checkLink(token: string): Promise<Answer<WelcomeLink>> {
  const answer = await post("/api/welcome/check", { token });
  if (answer.isRefused) return answer;
  const link = linkAnswer.safeParse(answer.value);
  return link.success ? { isRefused: false, value: link.data } : { isRefused: true, reason: UNREACHABLE };
}

/** Uses a link. Which of the fields count is decided by the link. */
export function spendLink(form: WelcomeForm, { kind }: WelcomeLink): Promise<Answer<unknown>> {
  const { token, name, email, password } = form;
  switch (kind) {
    case "setup":
      return post("/api/welcome", { token, name, email, password });
    case "invite":
      return post("/api/welcome", { token, name, password });
    case "reset":
      return post("/api/welcome", { token, password });
  }
}

async function post(path: string, body: Record<string, string>): Promise<Answer<unknown>> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }).catch(() => null);
  const value: unknown = await response?.json().catch(() => null);
  if (response?.ok) return { isRefused: false, value };
  const refusal = refusalAnswer.safeParse(value);
  return { isRefused: true, reason: refusal.success ? refusal.data.error.message : UNREACHABLE };
}
