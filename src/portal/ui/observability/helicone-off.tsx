import { Telescope } from "lucide-react";

import { EmptyState } from "#portal/ui/primitives/empty-state.tsx";

/** Helicone is not part of this installation, and what would change that. */
export function HeliconeOff({ children }: { children?: React.ReactNode }) {
  return (
    <div className="rounded-lg border bg-surface">
      <EmptyState icon={Telescope} title="Helicone is turned off">
        <p>
          {children ?? "There is no dashboard of its own to show."} Costs, budgets and limits are the portal's and work
          without it.
        </p>
        <p className="mt-3">To turn it on, set these two where the portal and the gateway run, and start them again:</p>
        <pre className="mt-2 overflow-x-auto rounded-md border bg-sunken px-3 py-2 text-left font-mono text-xs text-ink">
          HELICONE_ENABLED=true{"\n"}HELICONE_URL=http://helicone:8585
        </pre>
      </EmptyState>
    </div>
  );
}
