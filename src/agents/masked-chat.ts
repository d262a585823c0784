import type { ChatAnswer } from "#agents/chat-answer.ts";
import type { ChatEvent } from "#agents/chat-event.ts";
import type { SecretMask } from "#domain/secret-mask.ts";

type Told = Extract<ChatEvent, { type: "answered" | "failed" | "tool" }>;

/**
 * A turn without the agent's secrets, also where one comes divided between pieces of the answer: what could be the
 * start of one is told a little later.
 */
export async function* maskedChat(events: AsyncIterable<ChatEvent>, mask: SecretMask): AsyncGenerator<ChatEvent> {
  let part = 0;
  let paragraph = mask.stream();
  const rest = (): ChatEvent[] => toText(part, paragraph.flush());
  for await (const event of events) {
    switch (event.type) {
      case "text":
        if (event.part !== part) yield* rest();
        part = event.part;
        yield* toText(part, paragraph.push(event.text));
        break;
      case "retry":
        if (event.part <= part) paragraph = mask.stream();
        yield event;
        break;
      case "tool":
        yield masked(event, mask);
        break;
      case "answered":
      case "failed":
        yield* rest();
        yield masked(event, mask);
    }
  }
}

function toText(part: number, text: string): ChatEvent[] {
  return text === "" ? [] : [{ type: "text", part, text }];
}

function masked(event: Told, mask: SecretMask): Told {
  switch (event.type) {
    case "tool":
      return { type: "tool", use: { ...event.use, id: mask.text(event.use.id), tool: mask.text(event.use.tool) } };
    case "failed":
      return {
        type: "failed",
        failure: { ...event.failure, code: mask.text(event.failure.code), message: mask.text(event.failure.message) },
      };
    case "answered":
      return { type: "answered", answer: maskedJson(event.answer, mask) };
  }
}

function maskedJson(answer: ChatAnswer, mask: SecretMask): ChatAnswer {
  const { workedFrom, ...told } = answer;
  return { ...(mask.json(told) as typeof told), workedFrom }; // a mask changes texts and nothing else
}
