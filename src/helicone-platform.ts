import type { HeliconeConfig } from "#config.ts";
import { createComparedLedgerStore } from "#helicone/compared-ledger-store.ts";
import { readPortalCredentials } from "#helicone/credentials.ts";
import { dashboardObstacle } from "#helicone/dashboard-obstacle.ts";
import { createHeliconeClient } from "#helicone/helicone-client.ts";
import { createHeliconeReach } from "#helicone/helicone-reach.ts";
import { createHeliconeStatuses } from "#helicone/helicone-status.ts";
import { createHeliconeStatusStore } from "#helicone/helicone-status-store.ts";
import { createLogSettings } from "#helicone/log-settings.ts";
import { createLogSettingsStore } from "#helicone/log-settings-store.ts";
import { createReconciliation } from "#helicone/reconciliation.ts";
import { createReconciliationStore } from "#helicone/reconciliation-store.ts";
import { createHeliconeUsageSource } from "#helicone/usage-source.ts";
import type { Log } from "#log.ts";
import { createPeriodicJob } from "#periodic-job.ts";
import type { PrismaClient } from "#prisma-client.ts";

type Parts = { helicone: HeliconeConfig | null; portalUrl: string; prisma: PrismaClient; clock: () => Date; log: Log };

/** Whoever looks at how Helicone is does not wait for longer. */
const REACH_MS_MAX = 4_000;

/** Helicone as the portal has it: how it is, what it is told, and how it compares with the ledger; `comparing` runs on its own. */
export function createHeliconeServices({ helicone, portalUrl, prisma, clock, log }: Parts) {
  const mode = helicone?.mode ?? null;
  return {
    heliconeStatus: createHeliconeStatuses({ store: createHeliconeStatusStore(prisma), mode, clock }),
    heliconeReach: createHeliconeReach(helicone === null ? null : askedAs(helicone, clock)),
    heliconeLog: createLogSettings(createLogSettingsStore(prisma), mode),
    /** Why its pages cannot be seen as the settings are; null: nothing that is known. */
    dashboardObstacle: () => (helicone === null ? null : dashboardObstacle(helicone, portalUrl)),
    ...(helicone === null ? NOT_COMPARED : createComparison({ helicone, prisma, clock, log })),
  };
}

function askedAs(helicone: HeliconeConfig, clock: () => Date) {
  const apiKey = apiKeyOf(helicone);
  const client = createHeliconeClient({ url: helicone.url, apiKey, timeoutMs: REACH_MS_MAX });
  return { client, hasKey: () => apiKey() !== null, clock };
}

const COMPARING = { firstMs: 30_000, everyMs: 10 * 60_000, failure: "ledger and Helicone could not be compared" };
const NOT_COMPARED = { reconciliation: null, comparing: null };

function createComparison({ helicone, prisma, clock, log }: Omit<Parts, "portalUrl"> & { helicone: HeliconeConfig }) {
  const client = createHeliconeClient({ url: helicone.url, apiKey: apiKeyOf(helicone) });
  const reconciliation = createReconciliation({
    store: createReconciliationStore(prisma),
    ledger: createComparedLedgerStore(prisma),
    helicone: createHeliconeUsageSource(client),
    clock,
    log,
  });
  return { reconciliation, comparing: createPeriodicJob({ ...COMPARING, run: reconciliation.check }, log) };
}

/** Read again each time: Helicone may be set up while the portal runs. */
function apiKeyOf(helicone: HeliconeConfig): () => string | null {
  return () => readPortalCredentials(helicone)?.apiKey ?? null;
}
