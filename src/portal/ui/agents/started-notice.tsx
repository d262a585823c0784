import { Button } from "#portal/ui/primitives/button.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { ROUTING_WORDS, type Routing } from "#portal/ui/routing/routing-words.ts";

type StartedNoticeProps = {
  agent: { name: string; routing: Routing };
  problem: string | null;
  onOpen: (path: string) => void;
};

/** What came of an agent that the portal was to make and start, and where to go from here. */
export function StartedNotice({ agent: { name: agentName, routing }, problem, onOpen }: StartedNoticeProps) {
  const { warning } = ROUTING_WORDS[routing];
  return (
    <div className="grid gap-4">
      {problem === null && warning !== null ? <Notice tone="near" title={warning} /> : null}
      {problem === null && warning === null ? (
        <Notice tone="plain" title="Its calls are metered from the first one.">
          Set a budget before it has much to do: then it cannot spend more than that.
        </Notice>
      ) : null}
      {problem === null ? null : (
        <Notice tone="stop" title={problem}>
          It is kept, stopped. Start it on its page when the cause is gone.
        </Notice>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={() => onOpen(`/agents/${agentName}?tab=budget`)}>Set a budget</Button>
        <Button look="primary" onClick={() => onOpen(`/agents/${agentName}?tab=chat`)}>
          {problem === null ? `Chat with ${agentName}` : `Open ${agentName}`}
        </Button>
      </div>
    </div>
  );
}
