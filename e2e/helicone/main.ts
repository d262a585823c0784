import { createServer } from "node:http";
import { parseArgs } from "node:util";

import { answerControl } from "./control.ts";
import { startHeliconeStandIn } from "./helicone-stand-in.ts";

const PORTS = { "jawn-port": "0", "web-port": "0", "objects-port": "0", "control-port": "0" };
const USAGE = `usage: main.ts [--upstream URL] [--host HOST] ${Object.keys(PORTS)
  .map((name) => `[--${name} N]`)
  .join(" ")}`;

/**
 * Runs the stand-in as a process: prints one JSON line with its addresses, ends with its parent or on a signal. It
 * reads the variables that the real image reads, so that a deployment which forgets one is found out.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      upstream: { type: "string", default: "http://127.0.0.1:9" },
      host: { type: "string", default: "127.0.0.1" },
      "jawn-port": { type: "string", default: PORTS["jawn-port"] },
      "web-port": { type: "string", default: PORTS["web-port"] },
      "objects-port": { type: "string", default: PORTS["objects-port"] },
      "control-port": { type: "string", default: PORTS["control-port"] },
    },
  });
  const ports = [values["jawn-port"], values["web-port"], values["objects-port"], values["control-port"]].map(Number);
  if (!ports.every(Number.isSafeInteger)) throw new Error(USAGE);
  const [jawn, web, objects, controlPort] = ports;

  const standIn = await startHeliconeStandIn({
    upstreamUrl: values.upstream.replace(/\/+$/, ""),
    host: values.host,
    ports: { jawn, web, objects },
    betterAuthUrl: process.env.BETTER_AUTH_URL,
    isOnPrem: process.env.NEXT_PUBLIC_IS_ON_PREM === "true",
    hasRegion: (process.env.S3_REGION ?? "") !== "",
    objectsPublicUrl: process.env.S3_ENDPOINT_PUBLIC,
  });
  const control = createServer((request, response) => void answerControl(standIn, request, response));
  await new Promise<void>((resolve, reject) =>
    control.once("error", reject).listen(controlPort ?? 0, values.host, resolve),
  );
  const address = control.address();
  const stop = () => {
    control.close();
    control.closeAllConnections();
    void standIn.close().then(() => process.exit(0));
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("disconnect", stop);
  const { jawnUrl, webUrl, objectsUrl } = standIn;
  const controlUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  process.stdout.write(`${JSON.stringify({ jawnUrl, webUrl, objectsUrl, controlUrl })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
