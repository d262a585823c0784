"use client";

import { exactTime } from "#portal/ui/format/instants.ts";
import { useTimeZone } from "#portal/ui/format/viewer-clock.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { CopyButton } from "#portal/ui/primitives/copy-button.tsx";
import { Dialog } from "#portal/ui/primitives/dialog.tsx";

type OneTimeLinkProps = { title: string; link: string; expiresAt: Date; onClose: () => void };

/** Shows a link that cannot be shown again. */
export function OneTimeLinkDialog({ title, link, expiresAt, onClose }: OneTimeLinkProps) {
  const timeZone = useTimeZone();
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      description={`Send it to them yourself. It works once, until ${exactTime(expiresAt, timeZone)}, and is shown only now.`}
      mustBeClosedByButton
    >
      <div className="flex items-center gap-2 rounded-md border bg-sunken px-3 py-2">
        <code className="min-w-0 flex-1 font-mono text-xs break-all">{link}</code>
        <CopyButton text={link} label="Copy the link" />
      </div>
      <div className="mt-4 flex justify-end">
        <Button onClick={onClose}>Close, I have the link</Button>
      </div>
    </Dialog>
  );
}
