"use client";

import { RelativeTime } from "#portal/ui/format/instant.tsx";

type SavedByProps = { save: { updatedAt: Date | null; updatedBy: string | null } };

/** Who saved limits last; nothing where nobody has. */
export function SavedBy({ save: { updatedAt, updatedBy } }: SavedByProps) {
  if (updatedAt === null) return null;
  return (
    <p className="text-xs text-ink-muted">
      Last changed by {updatedBy ?? "somebody"}, <RelativeTime at={updatedAt} />.
    </p>
  );
}
