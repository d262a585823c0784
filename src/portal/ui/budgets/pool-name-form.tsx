"use client";

import { type FormEvent, useState } from "react";

import { poolNameProblem } from "#domain/limit-rules.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { TextField } from "#portal/ui/primitives/field.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

type PoolNameFormProps = {
  name: string;
  action: string;
  isBusy: boolean;
  failure: string | null;
  onCancel: () => void;
  onSave: (name: string) => void;
};

/** What a pool is called. */
export function PoolNameForm({ name, action, isBusy, failure, onCancel, onSave }: PoolNameFormProps) {
  const [typed, setTyped] = useState(name);
  const problem = poolNameProblem(typed);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (problem === null && !isBusy) onSave(typed.trim());
  };
  return (
    <form onSubmit={submit} className="grid gap-3">
      <TextField
        label="Name"
        hint="A team or a project, for example."
        autoComplete="off"
        value={typed}
        problem={typed === "" ? null : problem}
        onChange={(event) => setTyped(event.target.value)}
      />
      {failure === null ? null : <Notice tone="stop" title={failure} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" isBusy={isBusy} disabled={problem !== null || typed.trim() === name}>
          {action}
        </Button>
      </div>
    </form>
  );
}
