import { pathToFileURL } from "node:url";
import { isMainThread, parentPort, Worker, type WorkerOptions, workerData } from "node:worker_threads";

import type pg from "pg";
import { z } from "zod";

import { readGatewayCredentials } from "#helicone/credentials.ts";
import { createHeliconeClient } from "#helicone/helicone-client.ts";
import { createLogAttempts } from "#helicone/log-attempt.ts";
import { type DeliveryFigures, startLogDelivery } from "#helicone/log-delivery.ts";
import { createLogOutbox } from "#helicone/log-outbox.ts";
import { createLogQueries } from "#helicone/log-queries.ts";
import { createLogPoster } from "#helicone/post-log.ts";
import { bodySize, readBodies } from "#helicone/spooled-body.ts";
import type { Log } from "#log.ts";

const task = z.object({
  databaseUrl: z.string(),
  url: z.string(),
  credentialsDir: z.string(),
  writeKey: z.string().optional(),
  spoolFolder: z.string(),
});
/** What the thread is given when it starts. */
export type DeliveryTask = z.infer<typeof task>;

type Told = { kind: "delivered"; ids: readonly string[] } | { kind: "figures"; figures: DeliveryFigures };

export type DeliveryThread = {
  /** Null: it has not said anything yet. */
  figures(): DeliveryFigures | null;
  stop(): Promise<void>;
};

const RESTART_MS = 5_000;
const CONNECTIONS = 8;
/** Bodies of 40 MB are worked on one at a time; more than this is a fault, which ends the thread and not the gateway. */
const THREAD_MB_MAX = 512;

type Start = { program: string; task: DeliveryTask; onDelivered: (ids: readonly string[]) => void; log: Log };

/**
 * Starts the delivery in a thread of its own: reading bodies, searching them for secrets and putting records together never
 * holds up a call. It runs `program`, which is to call `runDeliveryThread`; a thread that ends is started again.
 */
export function startDeliveryThread({ program, task: given, onDelivered, log }: Start): DeliveryThread {
  let figures: DeliveryFigures | null = null;
  let isStopping = false;
  let restart: NodeJS.Timeout | null = null;
  let worker: Worker | null = null;
  const start = () => {
    const current = startThread(program, {
      workerData: given,
      resourceLimits: { maxOldGenerationSizeMb: THREAD_MB_MAX },
    });
    worker = current;
    current.on("message", (told: Told) => {
      if (told.kind === "figures") figures = told.figures;
      else onDelivered(told.ids);
    });
    current.on("error", (error) =>
      log.error({ err: error }, "The delivery to Helicone has failed; it is started again"),
    );
    current.on("exit", () => {
      if (worker === current) worker = null;
      if (!isStopping) restart = setTimeout(start, RESTART_MS);
    });
  };
  start();
  return {
    figures: () => figures,
    async stop() {
      isStopping = true;
      if (restart !== null) clearTimeout(restart);
      const current = worker;
      if (current === null) return;
      const hasEnded = new Promise<void>((resolve) => current.once("exit", () => resolve()));
      current.postMessage("stop");
      await hasEnded;
    },
  };
}

/** From its source, in development and tests, a thread needs the loader of its own that the process was started with. */
function startThread(program: string, options: WorkerOptions): Worker {
  if (!program.endsWith(".ts")) return new Worker(program, options);
  const [loader, source] = [import.meta.resolve("tsx/esm/api"), pathToFileURL(program).href].map((url) =>
    JSON.stringify(url),
  );
  const code = `import(${loader}).then(({ register }) => { register(); return import(${source}); });`;
  return new Worker(code, { ...options, eval: true });
}

/** Whether this is the delivery's thread, and not the gateway. */
export function isDeliveryThread(): boolean {
  return !isMainThread && task.safeParse(workerData).success;
}

/** The thread: delivers until it is told to stop. `createPool` connects it to the database. */
export function runDeliveryThread(createPool: (databaseUrl: string) => pg.Pool, log: Log): void {
  const { databaseUrl, url, spoolFolder, credentialsDir, writeKey } = task.parse(workerData);
  const pool = createPool(databaseUrl);
  const key = () => readGatewayCredentials({ credentialsDir, writeKey, apiKey: undefined })?.logKey ?? null;
  const poster = createLogPoster(url, CONNECTIONS);
  const tell = (told: Told) => parentPort?.postMessage(told);
  const bodies = { size: (id: string) => bodySize(spoolFolder, id), read: (id: string) => readBodies(spoolFolder, id) };
  const delivery = startLogDelivery({
    outbox: createLogOutbox(pool),
    attempt: createLogAttempts({ post: poster.post, bodies, log }),
    queries: createLogQueries(createHeliconeClient({ url, apiKey: key, timeoutMs: 10_000 })),
    key,
    onDelivered: (ids) => tell({ kind: "delivered", ids }),
    onFigures: (figures) => tell({ kind: "figures", figures }),
    log,
  });
  parentPort?.on("message", () => {
    void delivery
      .stop()
      .then(() => Promise.all([poster.close(), pool.end()]))
      .finally(() => process.exit());
  });
}
