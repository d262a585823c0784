import { parseArgs } from "node:util";

import { startScriptedAnthropic } from "./scripted-anthropic.ts";

const USAGE = "usage: main.ts [--host HOST] [--port N] [--key KEY]… [--headers-delay MS] [--chunk-delay MS]";

/** Runs the scripted upstream as a process: prints one line with its URL, ends with its parent or on a signal. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      host: { type: "string", default: "127.0.0.1" },
      port: { type: "string", default: "0" },
      key: { type: "string", multiple: true },
      "headers-delay": { type: "string", default: "0" },
      "chunk-delay": { type: "string", default: "0" },
    },
  });
  const [port, headersDelayMs, chunkDelayMs] = [values.port, values["headers-delay"], values["chunk-delay"]].map(
    Number,
  );
  if (![port, headersDelayMs, chunkDelayMs].every(Number.isSafeInteger)) throw new Error(USAGE);

  const upstream = await startScriptedAnthropic({
    host: values.host,
    port,
    acceptedKeys: values.key,
    pace: { headersDelayMs: headersDelayMs ?? 0, chunkDelayMs: chunkDelayMs ?? 0 },
    callsMax: 0,
  });
  const stop = () => void upstream.close().then(() => process.exit(0));
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("disconnect", stop);
  process.stdout.write(`Scripted Anthropic upstream at ${upstream.url}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
