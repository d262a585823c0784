"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";

import { PASSWORD_LENGTH_MIN, passwordProblem } from "#domain/password-rule.ts";
import { TextField } from "#portal/ui/primitives/field.tsx";

type NewPasswordFieldProps = { label: string; value: string; email: string; onChange: (value: string) => void };

/** A password to be chosen. Its hint counts along; what is wrong is said once there is enough to judge. */
export function NewPasswordField({ label, value, email, onChange }: NewPasswordFieldProps) {
  const [isShown, setShown] = useState(false);
  const length = [...value].length;
  const problem = length >= PASSWORD_LENGTH_MIN ? passwordProblem(value, email) : null;
  const Icon = isShown ? EyeOff : Eye;
  return (
    <div className="relative">
      <TextField
        label={label}
        type={isShown ? "text" : "password"}
        autoComplete="new-password"
        autoCapitalize="none"
        spellCheck={false}
        required
        value={value}
        problem={problem}
        hint={lengthHint(length)}
        onChange={(event) => onChange(event.target.value)}
        className="pr-11"
      />
      <button
        type="button"
        aria-label={isShown ? "Hide the password" : "Show the password"}
        aria-pressed={isShown}
        onClick={() => setShown(!isShown)}
        className="absolute top-6.5 right-1 grid size-8 place-items-center rounded-sm text-ink-muted hover:text-ink max-md:size-10"
      >
        <Icon aria-hidden className="size-4" />
      </button>
    </div>
  );
}

function lengthHint(length: number): string {
  if (length === 0) return `At least ${PASSWORD_LENGTH_MIN} characters. A few unrelated words work well.`;
  if (length < PASSWORD_LENGTH_MIN) return `${PASSWORD_LENGTH_MIN - length} more to go.`;
  return `${length} characters: long enough.`;
}
