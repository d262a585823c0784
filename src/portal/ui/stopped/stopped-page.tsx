/** For whoever's agent was stopped. Public: it names no agent, no person and no amount. */
export function StoppedPage() {
  return (
    <article className="w-full max-w-xl">
      <h1 className="text-xl font-semibold tracking-tight">Your agent was stopped</h1>
      <p className="mt-3 text-base">
        Its calls are not let through at the moment. Either it has reached its spending limit, or an admin has paused
        it.
      </p>
      <dl className="mt-6 grid gap-5 border-t pt-5">
        <div>
          <dt className="font-medium">Is anything lost?</dt>
          <dd className="mt-1 text-sm text-ink-muted">
            No. The session is intact, with everything the agent has done so far. The call that was refused was not made
            and costs nothing.
          </dd>
        </div>
        <div>
          <dt className="font-medium">What can I do?</dt>
          <dd className="mt-1 text-sm text-ink-muted">
            Ask an admin of this portal to raise the limit or to resume the agent; its owner can ask for that on the
            agent's page. Otherwise a daily limit starts anew at midnight, and a monthly one on the first of the month,
            in the time zone of the budget. One that was paused stays so until somebody resumes it.
          </dd>
        </div>
        <div>
          <dt className="font-medium">How do I go on afterwards?</dt>
          <dd className="mt-1 text-sm text-ink-muted">
            Send your last message again, or resume the session with{" "}
            <code className="font-mono text-xs">claude --continue</code>. Nothing has to be restarted.
          </dd>
        </div>
      </dl>
    </article>
  );
}
