import { z } from "zod";

/** Text that people typed: no control characters, which nobody types and PostgreSQL does not take. */
export function plainText(length: { max: number; error?: string }) {
  return (
    z
      .string({ error: length.error ?? "Write a text here." })
      .max(length.max, `Use at most ${length.max} characters.`)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .regex(/^[^\u0000-\u001f\u007f]*$/, "Leave out control characters.")
  );
}

/** A person's e-mail address. */
export const emailInput = plainText({ max: 254 })
  .trim()
  .pipe(z.email("Write an e-mail address, such as ada@example.com."));

/** A password as typed: any characters; how long it has to be is the domain's rule. */
export const passwordInput = z.string({ error: "Write a password." }).max(1024, "Use at most 1,024 characters.");

/** Names an agent. Whether there is one is for the lookup to say. */
export const agentNameInput = z.object({
  agentName: z.string({ error: "Name the agent." }).max(200, "Name the agent."),
});

/** The days a cost chart may span. */
export const daysInput = z.union([z.literal(7), z.literal(30)], { error: "Choose 7 or 30 days." });

/** The id of a person, key or invitation. */
export function idInput(message: string) {
  return z.uuid({ error: message });
}
