"use client";

import { useEffect, useState } from "react";

import { Notice } from "#portal/ui/primitives/notice.tsx";
import { Skeleton } from "#portal/ui/primitives/skeleton.tsx";
import { WelcomeForm } from "#portal/ui/welcome/welcome-form.tsx";
import { checkLink, type WelcomeLink } from "#portal/ui/welcome/welcome-link.ts";

type State =
  | { step: "checking" }
  | { step: "refused"; reason: string }
  | { step: "usable"; token: string; link: WelcomeLink };

const INCOMPLETE = "This link is not complete. Copy the whole of it, up to its last character.";

/** Where one-time links lead: the first admin's set-up, an invitation, or a new password. */
export function WelcomePage() {
  const state = useLink();
  if (state.step === "checking") {
    return (
      <div role="status" aria-label="Checking the link" className="w-full max-w-sm">
        <Skeleton className="h-7 w-48" />
        <Skeleton className="mt-3 h-4 w-full" />
        <Skeleton className="mt-8 h-9 w-full" />
        <Skeleton className="mt-6 h-9 w-full" />
      </div>
    );
  }
  if (state.step === "refused") return <RefusedLink reason={state.reason} />;
  return <WelcomeForm token={state.token} link={state.link} />;
}

/** Reads the token out of the address, takes it away from there, and asks what it is for. */
function useLink(): State {
  const [state, setState] = useState<State>({ step: "checking" });
  useEffect(() => {
    const read = () => {
      const token = takeToken();
      if (token === null) return setState({ step: "refused", reason: INCOMPLETE });
      void checkLink(token).then((answer) => setState(toState(token, answer)));
    };
    const readAnother = () => (window.location.hash === "" ? undefined : read());
    read();
    window.addEventListener("hashchange", readAnother);
    return () => window.removeEventListener("hashchange", readAnother);
  }, []);
  return state;
}

function toState(token: string, answer: Awaited<ReturnType<typeof checkLink>>): State {
  return answer.isRefused ? { step: "refused", reason: answer.reason } : { step: "usable", token, link: answer.value };
}

/** Kept here for as long as the page is open: React may run the effect that takes it twice. */
let takenToken: string | null = null;

/** The token does not stay in the address bar, where it would be seen, copied and kept in the history. */
function takeToken(): string | null {
  const token = window.location.hash.slice(1);
  if (token === "") return takenToken;
  takenToken = token;
  window.history.replaceState(null, "", window.location.pathname);
  return token;
}

function RefusedLink({ reason }: { reason: string }) {
  return (
    <div className="w-full max-w-md">
      <h1 className="mb-4 text-xl font-semibold tracking-tight">This link does not work</h1>
      <Notice tone="stop" title={reason} />
      <dl className="mt-6 grid gap-4 text-sm">
        <div>
          <dt className="font-medium">You were invited, or wanted a new password</dt>
          <dd className="mt-0.5 text-ink-muted">
            Ask an admin of this portal for a new link. Each works once and for a limited time.
          </dd>
        </div>
        <div>
          <dt className="font-medium">You are setting the portal up</dt>
          <dd className="mt-0.5 text-ink-muted">
            Start it again with <code className="font-mono text-xs">npm start</code>: as long as nobody has an account,
            it prints a new set-up link.
          </dd>
        </div>
      </dl>
    </div>
  );
}
