"use client";

import { useSearchParams } from "next/navigation";
import { type FormEvent, useState } from "react";

import { returnPath } from "#portal/ui/login/return-path.ts";
import { trySignIn } from "#portal/ui/login/try-sign-in.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { TextField } from "#portal/ui/primitives/field.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

/** Signing in. Afterwards one is back on the page one came from. */
export function LoginPage({ isSetUp }: { isSetUp: boolean }) {
  const address = useSearchParams();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);

  const attempt = async () => {
    setBusy(true);
    setFailure(null);
    const problem = await trySignIn(email, password);
    if (problem === null) return window.location.assign(returnPath(address.get("next"), window.location.origin));
    setFailure(problem);
    setBusy(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void attempt();
  };

  return (
    <div className="w-full max-w-sm">
      <h1 className="text-xl font-semibold tracking-tight">Sign in</h1>
      <p className="mt-1 mb-6 text-sm text-ink-muted">What your agents cost, and where they stop.</p>
      <form onSubmit={submit} className="grid gap-3">
        <TextField
          label="E-mail"
          type="email"
          name="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <TextField
          label="Password"
          type="password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {failure === null ? null : <Notice tone="stop" title={failure} />}
        <Button type="submit" look="primary" isBusy={isBusy} className="h-10">
          Sign in
        </Button>
      </form>
      <p className="mt-6 text-xs text-ink-muted">
        {isSetUp
          ? "No account, or the password is lost? Ask an admin of this portal for a link."
          : "Nobody has an account yet. Open the set-up link that was printed where the portal was started."}
      </p>
    </div>
  );
}
