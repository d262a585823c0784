import { watch } from "node:fs";
import path from "node:path";

import { runSupervisor } from "#supervisor/run-supervisor.ts";
import type { SupervisedChild } from "#supervisor/supervised-child.ts";

const root = path.resolve(import.meta.dirname, "../..");
const sources = path.join(root, "src");

/** What the gateway is not made of: changes here do not restart it. Next watches these itself. */
const PORTAL_SOURCES = /^(app|portal|generated|supervisor|testing)\/|\.test\.tsx?$/;
/** Editors write a file in several steps. */
const SETTLE_MS = 200;

/** The program for those who work on it: as in production, from the sources, and up to date with them. */
const exitCode = await runSupervisor({
  programs: {
    root,
    nodeEnv: "development",
    gateway: ["--import", "tsx", path.join(sources, "gateway/main.ts")],
    portal: ["--import", "tsx", path.join(sources, "supervisor/development-portal.ts")],
    agentServer: ["--import", import.meta.resolve("tsx"), path.join(sources, "agent-server/main.ts")],
    scriptedUpstream: ["--import", "tsx", path.join(root, "e2e/anthropic/main.ts")],
    demo: undefined,
  },
  isUpstreamScripted: (config) => config.anthropicApiKey === undefined,
  onStarted: ({ gateway }) => restartOnChange(gateway),
});
process.exit(exitCode);

function restartOnChange(gateway: SupervisedChild): void {
  let timer: NodeJS.Timeout | undefined;
  watch(sources, { recursive: true }, (_event, file) => {
    if (file === null || PORTAL_SOURCES.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => gateway.restart(), SETTLE_MS);
  });
}
