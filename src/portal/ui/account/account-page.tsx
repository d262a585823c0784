"use client";

import { useViewer } from "#portal/client/viewer.tsx";
import { ApiKeysPanel } from "#portal/ui/account/api-keys-panel.tsx";
import { PasswordPanel } from "#portal/ui/account/password-panel.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { PageHeading } from "#portal/ui/shell/page-heading.tsx";

/** One's own account: who one is here, the password, and keys for programs. */
export function AccountPage({ portalUrl }: { portalUrl: string }) {
  return (
    <>
      <PageHeading title="Account" />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="grid gap-4">
          <ProfilePanel />
          <PasswordPanel />
        </div>
        <ApiKeysPanel portalUrl={portalUrl} />
      </div>
    </>
  );
}

/** The page's places while it is loading. */
export function AccountLoading() {
  return (
    <>
      <PageHeading title="Account" />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Panel title="You" isFlush>
          <SkeletonRows rows={3} label="Loading the account" />
        </Panel>
        <Panel title="API keys" isFlush>
          <SkeletonRows rows={3} label="Loading the API keys" />
        </Panel>
      </div>
    </>
  );
}

function ProfilePanel() {
  const viewer = useViewer();
  const facts = [
    ["Name", viewer.name],
    ["E-mail", viewer.email],
    [
      "Role",
      viewer.role === "admin"
        ? "Admin: sees all agents, sets limits, manages people"
        : "Owner: sees the costs of own agents",
    ],
  ] as const;
  return (
    <Panel title="You">
      <dl className="grid gap-2 text-sm">
        {facts.map(([name, fact]) => (
          <div key={name} className="grid grid-cols-[5rem_1fr] gap-2">
            <dt className="text-ink-muted">{name}</dt>
            <dd className="break-words">{fact}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
