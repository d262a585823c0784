"use client";

import { useQuery } from "@tanstack/react-query";

import { useTRPC } from "#portal/client/trpc.ts";
import { SelectField } from "#portal/ui/primitives/field.tsx";

type OwnerFieldProps = {
  ownerId: string | null;
  /** Who owns it now: named while the others are still loading. */
  current?: { id: string; name: string } | null;
  onChange: (ownerId: string | null) => void;
};

/** Who owns an agent: any active person, or nobody. */
export function OwnerField({ ownerId, current = null, onChange }: OwnerFieldProps) {
  const trpc = useTRPC();
  const { data, error } = useQuery(trpc.people.list.queryOptions());
  const people = (data?.people ?? []).filter((person) => !person.isDisabled || person.id === ownerId);
  return (
    <SelectField
      label="Owner"
      hint="Owners see the costs of their own agents. Admins see all."
      problem={error ? "The people could not be loaded; you can choose the owner later." : null}
      value={ownerId ?? ""}
      onChange={(event) => onChange(event.target.value === "" ? null : event.target.value)}
    >
      <option value="">Nobody (admins only)</option>
      {data === undefined && current !== null ? <option value={current.id}>{current.name}</option> : null}
      {people.map((person) => (
        <option key={person.id} value={person.id}>
          {person.name} ({person.email})
        </option>
      ))}
    </SelectField>
  );
}
