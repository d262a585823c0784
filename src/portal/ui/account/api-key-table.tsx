"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ApiKey } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { CalendarDay, RelativeTime } from "#portal/ui/format/instant.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { ConfirmDialog } from "#portal/ui/primitives/confirm-dialog.tsx";
import { Cell, DataTable, HeadCell, Row, RowHead } from "#portal/ui/primitives/data-table.tsx";

/** One's keys, revoked ones included: who finds one in a log can see what became of it. */
export function ApiKeyTable({ keys }: { keys: ApiKey[] }) {
  return (
    <DataTable caption="Your API keys">
      <thead>
        <tr>
          <HeadCell>Name</HeadCell>
          <HeadCell isNumeric className="max-sm:hidden">
            Created
          </HeadCell>
          <HeadCell isNumeric>Last used</HeadCell>
          <HeadCell>
            <span className="sr-only">Actions</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <KeyRow key={key.id} apiKey={key} />
        ))}
      </tbody>
    </DataTable>
  );
}

function KeyRow({ apiKey }: { apiKey: ApiKey }) {
  const isRevoked = apiKey.revokedAt !== null;
  return (
    <Row>
      <RowHead className={isRevoked ? "text-ink-muted" : undefined}>
        <span className="font-medium">{apiKey.name}</span>
        <code className="block font-mono text-xs text-ink-muted">tok_…{apiKey.keyHint}</code>
        <span className="block text-xs text-ink-muted">{apiKey.scopes.join(", ")}</span>
      </RowHead>
      <Cell isNumeric className="text-ink-muted max-sm:hidden">
        <CalendarDay at={apiKey.createdAt} />
      </Cell>
      <Cell isNumeric className="text-ink-muted">
        {apiKey.lastUsedAt === null ? "never" : <RelativeTime at={apiKey.lastUsedAt} />}
      </Cell>
      <Cell isNumeric className="w-28">
        {isRevoked ? <span className="text-xs text-ink-muted">revoked</span> : <RevokeKey apiKey={apiKey} />}
      </Cell>
    </Row>
  );
}

function RevokeKey({ apiKey }: { apiKey: ApiKey }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const revoke = useMutation(
    trpc.apiKeys.revoke.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.apiKeys.list.queryFilter());
        setAsking(false);
      },
    }),
  );
  return (
    <>
      <Button look="quiet" aria-label={`Revoke the key ${apiKey.name}`} onClick={() => setAsking(true)}>
        Revoke…
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={`Revoke the key “${apiKey.name}”?`}
        consequence="Whatever uses it gets 401 from now on. This cannot be taken back; make a new key instead."
        action="Revoke the key"
        onConfirm={() => revoke.mutate({ id: apiKey.id })}
        isBusy={revoke.isPending}
        failure={failureText(revoke.error)}
      />
    </>
  );
}
