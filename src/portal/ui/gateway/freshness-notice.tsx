"use client";

import { useFreshness } from "#portal/ui/gateway/gateway-status.ts";
import { Notice } from "#portal/ui/primitives/notice.tsx";

/** Says that figures are not current, while they are not. */
export function FreshnessNotice() {
  const freshness = useFreshness();
  if (freshness.isCurrent) return null;
  return (
    <Notice tone="unsure" title={freshness.title} className="mb-4">
      {freshness.body}
    </Notice>
  );
}
