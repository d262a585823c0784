import path from "node:path";

import { readConfig } from "#config.ts";

/** Next's development server, made to end with its parent; it ends its own children on SIGTERM. */
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));

const { host, port } = readConfig().portal;
const next = path.resolve(import.meta.dirname, "../../node_modules/next/dist/bin/next");
process.argv = [process.execPath, next, "dev", "--hostname", host, "--port", String(port)];
await import(next);
