"use client";

import { type FormEvent, useState } from "react";

import { passwordProblem } from "#domain/password-rule.ts";
import { NewPasswordField } from "#portal/ui/login/password-field.tsx";
import { trySignIn } from "#portal/ui/login/try-sign-in.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { TextField } from "#portal/ui/primitives/field.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { spendLink, type WelcomeLink } from "#portal/ui/welcome/welcome-link.ts";

const TEXTS = {
  setup: {
    title: "Set up this portal",
    purpose: "You are the first: this makes your account, and you its admin. The link works once.",
    action: "Make my account",
  },
  invite: {
    title: "Welcome",
    purpose: "You have been invited. Choose how you are called here, and a password.",
    action: "Make my account",
  },
  reset: {
    title: "Choose a new password",
    purpose: "It replaces the old one, and signs you out everywhere else.",
    action: "Save the password",
  },
} as const;

type WelcomeFormProps = { token: string; link: WelcomeLink };

/** Asks for what the link needs, uses it, and signs in. */
export function WelcomeForm({ token, link }: WelcomeFormProps) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState(link.email ?? "");
  const [password, setPassword] = useState("");
  const { failure, isBusy, finish } = useFinish(link);
  const texts = TEXTS[link.kind];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (passwordProblem(password, email) === null) finish({ token, name: name.trim(), email: email.trim(), password });
  };

  return (
    <div className="w-full max-w-sm">
      <h1 className="text-xl font-semibold tracking-tight">{texts.title}</h1>
      <p className="mt-1 mb-6 text-sm text-ink-muted">{texts.purpose}</p>
      <form onSubmit={submit} className="grid gap-3">
        {link.kind === "reset" ? null : (
          <TextField
            label="Name"
            autoComplete="name"
            required
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
        <TextField
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          readOnly={link.email !== null}
          hint={link.email === null ? "You sign in with it. Nothing is sent to it." : null}
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <NewPasswordField label="Password" value={password} email={email} onChange={setPassword} />
        {failure === null ? null : <Notice tone="stop" title={failure} />}
        <Button
          type="submit"
          look="primary"
          isBusy={isBusy}
          disabled={passwordProblem(password, email) !== null}
          className="h-10"
        >
          {texts.action}
        </Button>
      </form>
    </div>
  );
}

type Form = Parameters<typeof spendLink>[0];

function useFinish(link: WelcomeLink) {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);

  const run = async (form: Form) => {
    setBusy(true);
    setFailure(null);
    const answer = await spendLink(form, link);
    if (!answer.isRefused) {
      const isSignedIn = (await trySignIn(form.email, form.password)) === null;
      return window.location.assign(isSignedIn ? "/overview" : "/login");
    }
    setFailure(answer.reason);
    setBusy(false);
  };
  return { isBusy, failure, finish: (form: Form) => void run(form) };
}
