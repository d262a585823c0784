"use client";

import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";

import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { ApiKeyTable } from "#portal/ui/account/api-key-table.tsx";
import { NewApiKeyDialog } from "#portal/ui/account/new-api-key-dialog.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { EmptyState } from "#portal/ui/primitives/empty-state.tsx";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";

/** Keys with which programs read costs as this person. */
export function ApiKeysPanel({ portalUrl }: { portalUrl: string }) {
  const [isCreating, setCreating] = useState(false);
  return (
    <Panel
      title="API keys"
      note="For programs that read costs, talk to agents or set limits. A key sees what you see."
      actions={<Button onClick={() => setCreating(true)}>New key</Button>}
      isFlush
    >
      <Keys />
      <NewApiKeyDialog isOpen={isCreating} onClose={() => setCreating(false)} portalUrl={portalUrl} />
    </Panel>
  );
}

function Keys() {
  const trpc = useTRPC();
  const query = useQuery(trpc.apiKeys.list.queryOptions());
  if (query.data !== undefined) {
    return query.data.keys.length > 0 ? (
      <ApiKeyTable keys={query.data.keys} />
    ) : (
      <EmptyState icon={KeyRound} title="No key yet">
        Scripts and dashboards can read the costs of an agent with a key, over{" "}
        <code className="font-mono text-xs">GET /api/agents/…/costs</code>.
      </EmptyState>
    );
  }
  if (query.error === null) return <SkeletonRows rows={2} label="Loading the API keys" />;
  return (
    <FailedState
      what="The API keys could not be loaded."
      reason={failureText(query.error) ?? ""}
      onRetry={() => void query.refetch()}
      isRetrying={query.isFetching}
    />
  );
}
