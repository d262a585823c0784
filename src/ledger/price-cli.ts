import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { BUILT_IN_PRICE_LIST } from "#domain/price-list.ts";
import { priceLine } from "#ledger/price-line.ts";

const HELP = `What would this have cost? At Anthropic's list prices, to the nano-dollar.

  npm run price -- FILE      read FILE
  npm run price -- -         read standard input
  npm run --silent price …   without npm's own heading, for a pipe

In:   one JSON object a line: {"model":"claude-opus-5-5","usage":{"input_tokens":1000,"output_tokens":200}}
      "usage" is Anthropic's usage object, also with cache_creation, server_tool_use, speed and inference_geo.
      "at" (optional, as 2026-11-23T00:00:00Z) asks for the prices of that instant instead of today's.
Out:  one JSON object a line: "costNanoUsd" (1000000000 is one dollar), "charges" (what it is made of),
      "pricedModel" and "pricedAs": "list" for a known model, "family" or "dearest" for the dearest known
      price of its family or of all. A line that cannot be priced gives {"line","error"} in its place.

Exit code: 0 when every line was priced, 1 when one was not, 2 when nothing could be read.
`;

type Counts = { priced: number; unpriced: number };

/** Prices a file of JSON lines onto standard output, one line at a time. Resolves to the exit code. */
async function run(args: readonly string[]): Promise<number> {
  const [source, ...rest] = args;
  if (source === "--help" || source === "-h") {
    process.stdout.write(HELP);
    return 0;
  }
  if (source === undefined || rest.length > 0) {
    process.stderr.write(HELP);
    return 2;
  }
  const counts: Counts = { priced: 0, unpriced: 0 };
  try {
    const input = source === "-" ? process.stdin : await openFile(source);
    const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
    process.stdout.once("error", () => input.destroy()); // else an endless input would keep the process waiting
    await pipeline(Readable.from(priceLines(lines, counts)), process.stdout, { end: false });
  } catch (error) {
    if (isErrno(error) && error.code === "EPIPE") return 0; // the reader has seen enough
    process.stderr.write(`Cannot read ${source}: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  process.stderr.write(`${counts.priced} priced, ${counts.unpriced} not priced\n`);
  return counts.unpriced === 0 ? 0 : 1;
}

async function* priceLines(lines: AsyncIterable<string>, counts: Counts): AsyncGenerator<string> {
  const now = new Date();
  let line = 0;
  for await (const text of lines) {
    line += 1;
    const answer = priceLine(line === 1 ? text.replace(/^\uFEFF/, "") : text, {
      line,
      now,
      prices: BUILT_IN_PRICE_LIST,
    });
    if (answer === null) continue;
    if ("error" in answer) counts.unpriced += 1;
    else counts.priced += 1;
    yield `${JSON.stringify(answer)}\n`;
  }
}

/** Opened before it is read, so that a missing file is an error here and not an event later. */
async function openFile(path: string) {
  const file = await open(path);
  if ((await file.stat()).isDirectory()) throw new Error("it is a folder");
  return file.createReadStream();
}

function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}

process.exitCode = await run(process.argv.slice(2));
