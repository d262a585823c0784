"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { CostBreakdown } from "#portal/client/answers.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { ShareTable } from "#portal/ui/agent/cost-share-tables.tsx";
import { prepareCostParts } from "#portal/ui/agent/prepare-cost-parts.ts";
import { Unknown } from "#portal/ui/format/unknown.tsx";
import { prepareCaching } from "#portal/ui/overview/prepare-overview.ts";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { WhenLoaded } from "#portal/ui/primitives/when-loaded.tsx";

type CostPartsPanelProps = { agentName: string; days: 7 | 30; everyMs: number };

/** What kind of tokens the money went to, and what the prompt cache did. */
export function CostPartsPanel({ agentName, days, everyMs }: CostPartsPanelProps) {
  const trpc = useTRPC();
  const query = useQuery(trpc.costs.byType.queryOptions({ agentName, days }, { refetchInterval: everyMs }));
  return (
    <Panel title="Cost by token type" note={`Last ${days} days, about: at the plain prices of each day`} isFlush>
      <WhenLoaded
        query={query}
        what="The cost by token type"
        skeleton={<SkeletonRows rows={8} label="Loading the cost by token type" />}
      >
        {(breakdown) => <CostParts breakdown={breakdown} />}
      </WhenLoaded>
    </Panel>
  );
}

function CostParts({ breakdown }: { breakdown: CostBreakdown }) {
  const { rows, total } = prepareCostParts(breakdown);
  const caching = prepareCaching(breakdown);
  return (
    <>
      <ShareTable caption="Cost by token type" figure="Cost" rows={rows} all="All, as recorded" total={total} />
      <dl className="grid grid-cols-2 gap-x-6 gap-y-2 border-t px-4 py-3 text-sm">
        <Fact label="Input read from the cache">
          {caching.hits ?? <Unknown reason="No input was counted in this span." />}
        </Fact>
        <Fact label={caching.isLoss ? "Caching cost, more than it saved" : "Caching saved, about"}>
          {caching.saved ?? <Unknown reason="No call of this span was to a model whose price is known." />}
        </Fact>
      </dl>
      <p className="px-4 pb-3 text-xs text-ink-muted">
        {breakdown.rest === 0n
          ? ""
          : "Not told by these lines: fast mode, geography, long prompts, estimates and models without a known price. "}
        {caching.note}
      </p>
    </>
  );
}

/** A figure with what it is. */
export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-ink-muted">{label}</dt>
      <dd className="text-lg font-semibold">{children}</dd>
    </div>
  );
}
