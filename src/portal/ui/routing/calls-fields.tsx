import { SelectField, TextField } from "#portal/ui/primitives/field.tsx";
import { type CallsDraft, type Payer, withRouting } from "#portal/ui/routing/calls-draft.ts";
import { RoutingField } from "#portal/ui/routing/routing-field.tsx";
import { isUnguarded } from "#portal/ui/routing/routing-words.ts";

const PAYERS: Record<Payer, string> = {
  gateway: "The gateway's Anthropic key",
  api_key: "An API key of its own",
  oauth_token: "A subscription token of its own",
};
const CHOICES = ["gateway", "api_key", "oauth_token"] as const;

type CallsFieldsProps = { draft: CallsDraft; onChange: (draft: CallsDraft) => void };

/** Where the calls of an agent that we run go, and what pays for them. */
export function CallsFields({ draft, onChange }: CallsFieldsProps) {
  const offered = CHOICES.filter((payer) => payer !== "gateway" || !isUnguarded(draft.routing));
  return (
    <>
      <RoutingField routing={draft.routing} onChange={(routing) => onChange(withRouting(draft, routing))} />
      <SelectField
        label="What pays for them?"
        value={draft.payer}
        onChange={(event) =>
          onChange({ ...draft, payer: CHOICES.find((payer) => payer === event.target.value) ?? "gateway" })
        }
      >
        {offered.map((payer) => (
          <option key={payer} value={payer}>
            {PAYERS[payer]}
          </option>
        ))}
      </SelectField>
      {draft.payer === "gateway" ? null : (
        <TextField
          label={draft.payer === "api_key" ? "Anthropic API key" : "Subscription token"}
          hint="It goes into the agent's environment and is kept nowhere else."
          type="password"
          value={draft.value}
          onChange={(event) => onChange({ ...draft, value: event.target.value })}
          autoComplete="off"
          spellCheck={false}
          maxLength={4_096}
          required
        />
      )}
    </>
  );
}
