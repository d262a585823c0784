"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Invitation } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { CalendarDay } from "#portal/ui/format/instant.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Cell, DataTable, HeadCell, Row, RowHead } from "#portal/ui/primitives/data-table.tsx";

/** Invitations whose links still work. */
export function PendingInvitations({ invitations }: { invitations: Invitation[] }) {
  return (
    <DataTable caption="Invitations that have not been used">
      <thead>
        <tr>
          <HeadCell>E-mail</HeadCell>
          <HeadCell className="max-sm:hidden">Role</HeadCell>
          <HeadCell isNumeric>Expires</HeadCell>
          <HeadCell>
            <span className="sr-only">Actions</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {invitations.map((invitation) => (
          <InvitationRow key={invitation.id} invitation={invitation} />
        ))}
      </tbody>
    </DataTable>
  );
}

function InvitationRow({ invitation }: { invitation: Invitation }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const cancel = useMutation(
    trpc.people.cancelInvitation.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.people.list.queryFilter()),
    }),
  );
  return (
    <Row>
      <RowHead className="break-all">
        {invitation.email}
        {cancel.error ? <span className="block text-xs text-stop">{failureText(cancel.error)}</span> : null}
      </RowHead>
      <Cell className="capitalize max-sm:hidden">{invitation.role}</Cell>
      <Cell isNumeric className="text-ink-muted">
        <CalendarDay at={invitation.expiresAt} />
      </Cell>
      <Cell isNumeric className="w-24">
        <Button
          look="quiet"
          isBusy={cancel.isPending}
          aria-label={`Cancel the invitation of ${invitation.email}`}
          onClick={() => cancel.mutate({ invitationId: invitation.id })}
        >
          Cancel
        </Button>
      </Cell>
    </Row>
  );
}
