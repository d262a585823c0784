"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { passwordProblem } from "#domain/password-rule.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { useViewer } from "#portal/client/viewer.tsx";
import { NewPasswordField } from "#portal/ui/login/password-field.tsx";
import { trySignIn } from "#portal/ui/login/try-sign-in.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { TextField } from "#portal/ui/primitives/field.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";

/** Changes one's own password. That ends every session; here it is opened again at once. */
export function PasswordPanel() {
  const trpc = useTRPC();
  const { email } = useViewer();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation(
    trpc.account.changePassword.mutationOptions({
      onSuccess: async () => {
        if ((await trySignIn(email, next)) !== null) return window.location.assign("/login");
        setCurrent("");
        setNext("");
      },
    }),
  );
  const canChange = current !== "" && passwordProblem(next, email) === null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (canChange) change.mutate({ current, next });
  };

  return (
    <Panel title="Password" note="Changing it signs you out everywhere else.">
      <form onSubmit={submit} className="grid gap-3">
        <input type="hidden" autoComplete="username" value={email} readOnly />
        <TextField
          label="Current password"
          type="password"
          autoComplete="current-password"
          required
          value={current}
          onChange={(event) => setCurrent(event.target.value)}
        />
        <NewPasswordField label="New password" value={next} email={email} onChange={setNext} />
        {change.error ? <Notice tone="stop" title={failureText(change.error)} /> : null}
        <div className="flex items-center gap-3">
          <Button type="submit" look="primary" isBusy={change.isPending} disabled={!canChange}>
            Change the password
          </Button>
          <p role="status" className="text-xs text-ink-muted">
            {change.isSuccess && next === "" ? "Changed." : ""}
          </p>
        </div>
      </form>
    </Panel>
  );
}
