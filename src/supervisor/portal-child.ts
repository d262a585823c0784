import path from "node:path";
import { pathToFileURL } from "node:url";

/** Requests under way get this long to be answered. Live streams never end by themselves, so nothing waits for them. */
const DRAIN_MS = 300;

/** Next's own server, made to end with its parent. It takes its port and host from PORT and HOSTNAME. */
const stop = () => setTimeout(() => process.exit(0), DRAIN_MS);
process.once("disconnect", stop);
process.once("SIGTERM", stop);

await import(pathToFileURL(path.resolve(import.meta.dirname, "../.next/standalone/server.js")).href);
