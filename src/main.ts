import { existsSync } from "node:fs";
import path from "node:path";

import { runSupervisor } from "#supervisor/run-supervisor.ts";

const root = path.resolve(import.meta.dirname, "..");
const demo = path.join(root, "dist/demo.mjs");

const exitCode = await runSupervisor({
  programs: {
    root,
    nodeEnv: "production",
    gateway: [path.join(root, "dist/gateway.mjs")],
    portal: [path.join(root, "dist/portal.mjs")],
    door: [path.join(root, "dist/door.mjs")],
    agentServer: [path.join(root, "dist/agent-server.mjs")],
    scriptedUpstream: [path.join(root, "dist/scripted-upstream.mjs")],
    demo: existsSync(demo) ? [demo] : undefined,
  },
  isUpstreamScripted: (config) => config.isDemo,
});
process.exit(exitCode);
