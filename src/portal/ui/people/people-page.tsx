"use client";

import { useQuery } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";

import { failureText } from "#portal/client/failure.ts";
import { type RouterOutputs, useTRPC } from "#portal/client/trpc.ts";
import { InviteDialog } from "#portal/ui/people/invite-dialog.tsx";
import { PendingInvitations } from "#portal/ui/people/pending-invitations.tsx";
import { PeopleTable } from "#portal/ui/people/people-table.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { PageHeading } from "#portal/ui/shell/page-heading.tsx";

const NOTE = "Admins see all agents and set limits. Owners see the costs of their own agents.";

/** Who may sign in, as what, and who has been invited. For admins. */
export function PeoplePage() {
  const trpc = useTRPC();
  const [isInviting, setInviting] = useState(false);
  const query = useQuery(trpc.people.list.queryOptions());

  return (
    <>
      <PageHeading
        title="People"
        note={NOTE}
        actions={
          <Button look="primary" onClick={() => setInviting(true)}>
            <UserPlus aria-hidden />
            Invite
          </Button>
        }
      />
      {query.data === undefined && query.error !== null ? (
        <FailedState
          what="The people could not be loaded."
          reason={failureText(query.error) ?? ""}
          onRetry={() => void query.refetch()}
          isRetrying={query.isFetching}
        />
      ) : (
        <PeopleOverview list={query.data} />
      )}
      <InviteDialog isOpen={isInviting} onClose={() => setInviting(false)} />
    </>
  );
}

/** The page's places while it is loading. */
export function PeopleLoading() {
  return (
    <>
      <PageHeading title="People" note={NOTE} />
      <PeopleOverview list={undefined} />
    </>
  );
}

/** Both lists; undefined while they are loading. */
function PeopleOverview({ list }: { list: RouterOutputs["people"]["list"] | undefined }) {
  return (
    <div className="grid gap-4">
      <Panel title="Accounts" isFlush>
        {list === undefined ? (
          <SkeletonRows rows={4} label="Loading the people" />
        ) : (
          <PeopleTable people={list.people} />
        )}
      </Panel>
      {list === undefined || list.pending.length === 0 ? null : (
        <Panel title="Invited, not yet here" note="Each link works once, until it expires." isFlush>
          <PendingInvitations invitations={list.pending} />
        </Panel>
      )}
    </div>
  );
}
