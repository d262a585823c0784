import { watch } from "node:fs";
import path from "node:path";

import { runSupervisor } from "#supervisor/run-supervisor.ts";
import type { SupervisedChild } from "#supervisor/supervised-child.ts";
import type { Doors } from "#supervisor/supervisor.ts";

const root = path.resolve(import.meta.dirname, "../..");
const sources = path.join(root, "src");

/** What neither is made of, and what one of them is not made of: changes there do not restart it. Next watches its own itself. */
const NO_SOURCES = /^(app|generated|supervisor|testing)\/|\.test\.tsx?$/;
const PORTAL_SOURCES = /^(portal|door)\//;
const GATEWAY_SOURCES = /^(agents|gateway|ledger|limits|people|portal\/(?!auth\/))/;
/** Editors write a file in several steps. */
const SETTLE_MS = 200;

/** The program for those who work on it: as in production, from the sources, and up to date with them. */
const exitCode = await runSupervisor({
  programs: {
    root,
    nodeEnv: "development",
    gateway: ["--import", "tsx", path.join(sources, "gateway/main.ts")],
    portal: ["--import", "tsx", path.join(sources, "supervisor/development-portal.ts")],
    door: ["--import", "tsx", path.join(sources, "door/main.ts")],
    agentServer: ["--import", import.meta.resolve("tsx"), path.join(sources, "agent-server/main.ts")],
    scriptedUpstream: ["--import", "tsx", path.join(root, "e2e/anthropic/main.ts")],
    demo: undefined,
  },
  isUpstreamScripted: (config) => config.anthropicApiKey === undefined,
  onStarted: restartOnChange,
});
process.exit(exitCode);

function restartOnChange({ gateway, door }: Doors): void {
  const timers = new Map<SupervisedChild, NodeJS.Timeout>();
  const restartSoon = (child: SupervisedChild) => {
    clearTimeout(timers.get(child));
    timers.set(
      child,
      setTimeout(() => child.restart(), SETTLE_MS),
    );
  };
  watch(sources, { recursive: true }, (_event, file) => {
    if (file === null || NO_SOURCES.test(file)) return;
    if (door !== null && !GATEWAY_SOURCES.test(file)) restartSoon(door);
    if (!PORTAL_SOURCES.test(file)) restartSoon(gateway);
  });
}
