"use client";

import { Radio } from "lucide-react";

import { TabLink } from "#portal/ui/agent/tab-link.tsx";
import { buttonClassNames } from "#portal/ui/primitives/button.tsx";
import { EmptyState } from "#portal/ui/primitives/empty-state.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

const TITLE = "Its costs are reported by Claude Code";

/** Instead of charts without calls: an agent that goes past the gateway, of which only its own report tells. */
export function ReportedHint() {
  return (
    <div className="rounded-lg border bg-surface">
      <EmptyState icon={Radio} title={TITLE} action={<ToTelemetry />}>
        Its calls go past the gateway, which has none of them to divide by model, hour or session.
      </EmptyState>
    </div>
  );
}

/** Over the charts of an agent that went by the gateway once. */
export function ReportedNotice() {
  return (
    <Notice tone="plain" title={TITLE} action={<ToTelemetry />}>
      Below is what passed the gateway before.
    </Notice>
  );
}

function ToTelemetry() {
  return (
    <TabLink tab="telemetry" className={buttonClassNames()}>
      See what it reports
    </TabLink>
  );
}
