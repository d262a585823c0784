import { SelectField } from "#portal/ui/primitives/field.tsx";
import { ROUTING_WORDS, type Routing } from "#portal/ui/routing/routing-words.ts";

const CHOICES = ["gateway", "helicone", "direct"] as const;

type RoutingFieldProps = { routing: Routing; onChange: (routing: Routing) => void };

/** Where an agent's calls go; what that means for limits is said below it. */
export function RoutingField({ routing, onChange }: RoutingFieldProps) {
  return (
    <SelectField
      label="Where do its calls go?"
      hint={ROUTING_WORDS[routing].effect}
      value={routing}
      onChange={(event) => onChange(CHOICES.find((choice) => choice === event.target.value) ?? "gateway")}
    >
      {CHOICES.map((choice) => (
        <option key={choice} value={choice}>
          {ROUTING_WORDS[choice].label}
        </option>
      ))}
    </SelectField>
  );
}
