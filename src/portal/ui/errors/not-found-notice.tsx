import { SearchX } from "lucide-react";
import Link from "next/link";

import { buttonClassNames } from "#portal/ui/primitives/button.tsx";
import { EmptyState } from "#portal/ui/primitives/empty-state.tsx";

/** The 404 page: the same words whether a thing does not exist or belongs to somebody else. */
export function NotFoundNotice() {
  return (
    <div className="mx-auto w-full max-w-xl rounded-lg border bg-surface">
      <h1 className="sr-only">Not found</h1>
      <EmptyState
        icon={SearchX}
        title="There is nothing here"
        action={
          <Link href="/agents" className={buttonClassNames("primary")}>
            To the agents
          </Link>
        }
      >
        The address may be mistyped, the agent may have been removed, or it may not be one of yours.
      </EmptyState>
    </div>
  );
}
