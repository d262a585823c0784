import type { Candidate } from "#portal/client/answers.ts";
import { SelectField } from "#portal/ui/primitives/field.tsx";

export type Way = NonNullable<Candidate["way"]>;

const WAYS: Record<Way, { label: string; effect: string }> = {
  container: {
    label: "A variable of its container",
    effect: "The container is made again. Lasts until Trinity sets the address itself.",
  },
  workspace: {
    label: "A line in its workspace's .env file",
    effect: "Nothing is stopped, and it lasts. The agent could change it; terminals do not read it.",
  },
  provider: {
    label: "Trinity's model provider",
    effect: "You set the gateway as the provider in Trinity; we add the header that says which agent it is.",
  },
};

/** The ways that containers of this generation can be led; the first is the one to begin with. */
export function waysFor(generation: Candidate["generation"]): readonly [Way, ...Way[]] {
  if (generation === 1) return ["container"];
  return generation === 2 ? ["container", "workspace"] : ["provider", "workspace", "container"];
}

type WayFieldProps = { way: Way; ways: readonly Way[]; onChange: (way: Way) => void };

/** How an agent of Trinity's is told where the gateway is. */
export function WayField({ way, ways, onChange }: WayFieldProps) {
  return (
    <SelectField
      label="How is it told the gateway's address?"
      hint={WAYS[way].effect}
      value={way}
      onChange={(event) => onChange(ways.find((choice) => choice === event.target.value) ?? "container")}
    >
      {ways.map((choice) => (
        <option key={choice} value={choice}>
          {WAYS[choice].label}
        </option>
      ))}
    </SelectField>
  );
}
