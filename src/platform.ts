import path from "node:path";

import { createAdoptionStore } from "#agents/adoption-store.ts";
import { talkToAgent } from "#agents/agent-chat.ts";
import { createAgentStore } from "#agents/agent-store.ts";
import { createAgents } from "#agents/agents.ts";
import { sessionIdOf } from "#agents/chat-answer.ts";
import { type ChatDelivery, createChatTransport } from "#agents/chat-transport.ts";
import { createContainers } from "#agents/containers.ts";
import { createFleet } from "#agents/fleet.ts";
import { createGatewayAddressStore } from "#agents/gateway-address-store.ts";
import { createGatewayStatuses } from "#agents/gateway-status.ts";
import { createGatewayStatusStore } from "#agents/gateway-status-store.ts";
import { createProcessRuntime } from "#agents/process-runtime.ts";
import type { AgentRuntime } from "#agents/runtime.ts";
import { type Config, readConfig, systemEnvironment } from "#config.ts";
import { readAgentWriteKey } from "#helicone/credentials.ts";
import { createHeliconeServices } from "#helicone-platform.ts";
import { createLedgerNotices } from "#ledger/ledger-notices.ts";
import { createNoticeListener } from "#ledger/notice-listener.ts";
import { createSpanSpendStore } from "#ledger/span-spend-store.ts";
import { createPeekAdmission, type PeekAdmission } from "#limits/admission-peek.ts";
import { createAlertForecastStore } from "#limits/alert-forecast-store.ts";
import { createAlertStore } from "#limits/alert-store.ts";
import { createAlerts } from "#limits/alerts.ts";
import { createBudgetChanges } from "#limits/budget-changes.ts";
import { createBudgetStore } from "#limits/budget-store.ts";
import { createBudgets } from "#limits/budgets.ts";
import { createChannelStore } from "#limits/channel-store.ts";
import { createIncreaseStore } from "#limits/increase-store.ts";
import { createIncreases } from "#limits/increases.ts";
import { createMemberStore } from "#limits/member-store.ts";
import { createNotifications } from "#limits/notifications.ts";
import { createOutboxStore } from "#limits/outbox-store.ts";
import { createPauses } from "#limits/pauses.ts";
import { createPoolStore } from "#limits/pool-store.ts";
import { createPools } from "#limits/pools.ts";
import { createRateLimitStore } from "#limits/rate-limit-store.ts";
import { createRateLimits } from "#limits/rate-limits.ts";
import { createReportedAlertStore } from "#limits/reported-alert-store.ts";
import { createReportedAlerts } from "#limits/reported-alerts.ts";
import { createSpendCounter } from "#limits/spend-counter.ts";
import { createLog, type Log } from "#log.ts";
import { createPeopleServices } from "#people-platform.ts";
import { createPeriodicJob } from "#periodic-job.ts";
import { createPrisma, type PrismaClient } from "#prisma-client.ts";
import { createReports } from "#reports-platform.ts";
import { createPortalBacklogStore } from "#signals/portal-backlog-store.ts";
import { createPortalMetrics } from "#signals/portal-metrics.ts";

export type Platform = ReturnType<typeof createPlatform>;

type Taken =
  | "isDemo"
  | "logLevel"
  | "dataDir"
  | "gatewayInternal"
  | "agentChatTimeoutMs"
  | "docker"
  | "agentProcess"
  | "notifications"
  | "metrics";
type PortalSettings = Pick<Config, Taken> & {
  databaseUrl: string;
  portalUrl: string;
  gatewayUrl: string;
  /** Where agents of the routing "helicone" go; null: nowhere. Read again each time: it may be set up while the portal runs. */
  helicone: () => { url: string; writeKey: string } | null;
  /** Where admins reach Helicone's pages; null: it is turned off. */
  dashboardUrl: string | null;
  otlp: Config["otlp"];
  ownTelemetry: Config["ownTelemetry"];
  /** Encrypts and signs the session cookies. */
  sessionSecret: string;
  /** Absent: they are for the portal's host alone. */
  sessionCookieDomain: string | undefined;
};

/** What a test may put in the place of the real thing. */
export type PlatformParts = {
  /** Gives the current instant. */
  clock?: () => Date;
  runtimes?: readonly AgentRuntime[];
};

/**
 * Builds the portal's services on one database.
 * @throws Error when the settings lack what the supervisor hands over: the database and the session secret
 */
export function createPlatform(config: Config, { clock = () => new Date(), runtimes }: PlatformParts = {}) {
  const settings = toPortalSettings(config);
  const log = createLog("portal", settings.logLevel);
  const prisma = createPrisma(settings.databaseUrl);
  const notices = createLedgerNotices(settings.databaseUrl, log);
  const { agents, fleet, containers } = createAgentServices({ settings, prisma, log, clock, runtimes });
  const { worker, ...warnings } = createWarnings({ settings, prisma, log, clock });
  const helicone = createHeliconeServices({ ...settings, helicone: config.helicone, prisma, clock, log });
  const reports = createReports({ ...settings, prisma, clock, log });
  const peekAdmission = createPeekAdmission(settings.gatewayInternal);
  const limits = createLimits({ prisma, clock, peek: peekAdmission });
  const jobs = createJobs([helicone.comparing, ...reports.jobs], [reports.unroutedAlerts, limits.reportedAlerts], log);

  return {
    log,
    clock,
    isDemo: settings.isDemo,
    portalUrl: settings.portalUrl,
    ...{ sessionSecret: settings.sessionSecret, sessionCookieDomain: settings.sessionCookieDomain },
    agents,
    fleet,
    adoption: containers.adoption,
    hasHelicone: () => settings.helicone() !== null,
    dashboardUrl: settings.dashboardUrl,
    watchAdoption: containers.watchAdoption,
    templateBudget: containers.templateBudget,
    ...createChat(settings),
    peekAdmission,
    ...helicone,
    gateway: createGatewayStatuses({ store: createGatewayStatusStore(prisma), url: settings.gatewayUrl, clock }),
    ...reports,
    ledgerNotices: notices,
    metrics: createPortalMetrics({ token: settings.metrics.token, readBacklog: createPortalBacklogStore(prisma).read }),
    ...warnings,
    ...limits,
    ...createPeopleServices({ prisma, clock, portalUrl: settings.portalUrl }),

    /** Resolves when the database answers. */
    async ping(): Promise<void> {
      await prisma.$queryRaw`SELECT 1`;
    },

    /** Takes up what an earlier portal left: its agents run again, and its open turns are over. */
    async open(): Promise<void> {
      worker.start();
      for (const job of jobs) job.start();
      await reports.chatTurns.endAbandoned(clock());
      await fleet.open();
      await containers.open();
    },

    /** Lets go of every connection, and of the agents. */
    async close(): Promise<void> {
      containers.close();
      await fleet.close();
      await worker.close();
      for (const job of jobs) await job.close();
      await warnings.alertNotices.close();
      await notices.close();
      await prisma.$disconnect();
    },
  };
}

type Job = { start(): void; close(): Promise<void> };

/** What the portal does by itself, every minute or so. */
function createJobs(jobs: readonly (Job | null)[], watched: readonly { look(): Promise<void> }[], log: Log): Job[] {
  const failure = "what agents reported could not be looked at";
  const looking = watched.map(({ look }) =>
    createPeriodicJob({ firstMs: 5_000, everyMs: 60_000, run: look, failure }, log),
  );
  return [...jobs.filter((job) => job !== null), ...looking];
}

/** The way of a message to an agent. */
function createChat({ gatewayInternal, agentChatTimeoutMs: timeoutMs }: PortalSettings) {
  const deliver = createChatTransport({ gateway: gatewayInternal, timeoutMs });
  return { talkToAgent: (delivery: ChatDelivery) => talkToAgent(deliver, delivery), sessionIdOf };
}

/** Alerts as people see them, and how they are told of them elsewhere. */
function createWarnings({ settings, prisma, log, clock }: Omit<AgentParts, "runtimes">) {
  const { databaseUrl, portalUrl } = settings;
  const alertNotices = createNoticeListener({ databaseUrl, channel: "alerts", log });
  const { channels, mail, worker } = createNotifications({
    stores: {
      channels: createChannelStore(prisma),
      outbox: createOutboxStore(prisma),
      forecasts: createAlertForecastStore(prisma),
    },
    settings: settings.notifications,
    onAlerts: (listener) => alertNotices.subscribe(listener),
    portalUrl,
    clock,
    log,
  });
  return { alerts: createAlerts(createAlertStore(prisma)), alertNotices, channels, mail, worker };
}

type AgentParts = Required<Pick<PlatformParts, "clock">> & {
  settings: PortalSettings;
  prisma: PrismaClient;
  log: Log;
  runtimes: PlatformParts["runtimes"];
};

/** Agents, and where they run. */
function createAgentServices({ settings, prisma, log, clock, runtimes }: AgentParts) {
  const { docker, gatewayUrl, helicone } = settings;
  const otlp = settings.otlp === null ? null : { ...settings.otlp, isGateway: false };
  const store = createAgentStore(prisma);
  const agents = createAgents(store);
  const stores = { adoptions: createAdoptionStore(prisma), addresses: createGatewayAddressStore(prisma) };
  const containers = createContainers({
    ...stores,
    docker,
    gatewayUrl,
    helicone,
    otlp,
    ownTelemetry: settings.ownTelemetry,
    log,
    clock,
  });
  const fleet = createFleet({
    agents,
    store,
    runtimes: runtimes ?? [...containers.runtimes, ...createProcesses(settings)],
    settingsOf: containers.settingsFor,
    log,
  });
  return { agents, fleet, containers };
}

type LimitParts = Required<Pick<PlatformParts, "clock">> & { prisma: PrismaClient; peek: PeekAdmission };

/** What agents may spend, and how fast. */
function createLimits({ prisma, clock, peek }: LimitParts) {
  const store = createBudgetStore(prisma);
  const members = createMemberStore(prisma);
  const pools = createPoolStore(prisma);
  const increases = createIncreaseStore(prisma);
  const counter = createSpendCounter(createSpanSpendStore(prisma));
  const budgets = createBudgets({ store, pools, members, increases, counter, clock });
  return {
    budgets,
    reportedAlerts: createReportedAlerts({ store: createReportedAlertStore(prisma), budgets, clock }),
    budgetChanges: createBudgetChanges(store),
    pools: createPools(pools),
    increases: createIncreases({ store: increases, standing: budgets.standing, clock }),
    pauses: createPauses(members, clock),
    rateLimits: createRateLimits({ store: createRateLimitStore(prisma), peek, clock }),
  };
}

/** Agents as children of this process; none where it has not been said what they are. */
function createProcesses({ agentProcess, dataDir }: PortalSettings): AgentRuntime[] {
  const { serverArgs, claudeCodePath = null } = agentProcess;
  if (serverArgs === undefined) return [];
  const folder = path.join(dataDir, "agents");
  return [createProcessRuntime({ folder, serverArgs, claudeCodePath, systemEnvironment: systemEnvironment() })];
}

/** One per process: Next may load this module more than once, in development at every change of the code. */
const KEPT = globalThis as typeof globalThis & { trinityPlatform?: Platform }; // a name of our own on the global object

/** The platform of this process, built from the environment at first use. */
export function getPlatform(): Platform {
  if (KEPT.trinityPlatform !== undefined) return KEPT.trinityPlatform;
  const platform = createPlatform(readConfig());
  KEPT.trinityPlatform = platform;
  platform.open().catch((error: unknown) => platform.log.error({ err: error }, "the agents could not be taken up"));
  return platform;
}

function toPortalSettings(config: Config): PortalSettings {
  const { databaseUrl, nextAuthSecret, helicone } = config;
  if (databaseUrl === undefined) throw new Error("DATABASE_URL is not set. `npm start` sets it for the portal.");
  if (nextAuthSecret === undefined) throw new Error("NEXTAUTH_SECRET is not set. `npm start` sets it for the portal.");
  return {
    ...config,
    databaseUrl,
    sessionSecret: nextAuthSecret,
    sessionCookieDomain: config.heliconeDoor.cookieDomain,
    portalUrl: config.portal.url,
    gatewayUrl: config.gateway.url,
    helicone() {
      const writeKey = helicone === null ? null : readAgentWriteKey(helicone);
      return helicone === null || writeKey === null ? null : { url: helicone.url, writeKey };
    },
    dashboardUrl: helicone?.door.url ?? null,
  };
}
