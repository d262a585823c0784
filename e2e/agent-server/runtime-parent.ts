import path from "node:path";

import { createProcessRuntime } from "#agents/process-runtime.ts";

/** A stand-in for the portal: opens the runtime of local agents in a folder, reports their states, and can be killed. */
const [folder = "", claudeCodePath = ""] = process.argv.slice(2);

const runtime = createProcessRuntime({
  folder,
  claudeCodePath,
  serverArgs: [
    "--import",
    import.meta.resolve("tsx"),
    path.resolve(import.meta.dirname, "../../src/agent-server/main.ts"),
  ],
  systemEnvironment: { PATH: process.env.PATH ?? "/usr/bin:/bin" },
});
runtime.watch((state) => process.send?.(state));
process.on("message", (name) => void runtime.endpoint(String(name)).then((endpoint) => process.send?.(endpoint)));
process.on("disconnect", () => process.exit(0));
await runtime.open();
process.send?.({ isOpen: true });
