import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";

import { Agent, request } from "undici";

import { SERVER_VARIABLE, startTestDatabaseServer } from "#testing/database.ts";
import { startTestDoor } from "#testing/door.ts";

const HELP = `npm run bench:door [-- --help]

Measures what the door to Helicone's dashboard adds to an asset of 40 KB: session decrypted, role and session version
asked of PostgreSQL, headers rewritten both ways. Beside it, in alternating turns, the same asset straight from the server
behind the door. Everything runs in one process on this machine, which makes it an upper bound.

The last line is one JSON object. The exit code is 0 if the middle asset takes at most 2 ms longer, 1 if not.
`;

const ADDED_MS_MAX = 2;
const ASSET = Buffer.alloc(40_000, "x");
const TURNS = 8;
const ASSETS_A_TURN = 250;
/** As many as a browser opens to one host. */
const CONNECTIONS = 6;

type Way = { name: string; origin: string; headers: Record<string, string> };
type Figures = { p50: number; p99: number };

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { help: { type: "boolean", default: false } } });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const database = await startTestDatabaseServer();
  process.env[SERVER_VARIABLE] = database.serverUrl;
  const assets = await startAssetServer();
  const door = await startTestDoor({ webUrl: assets.url });
  try {
    const direct: Way = { name: "direct", origin: assets.url, headers: {} };
    const through: Way = {
      name: "door",
      origin: door.url.replace("localhost", "127.0.0.1"),
      headers: { cookie: door.admin.cookie },
    };
    const oneByOne = await compare([direct, through], 1);
    const asBrowser = await compare([direct, through], CONNECTIONS);
    return report({ oneByOne, asBrowser });
  } finally {
    await door.close();
    await assets.close();
    await database.stop();
  }
}

async function compare(ways: readonly Way[], connections: number): Promise<Record<string, Figures>> {
  const times = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
  for (let turn = -1; turn < TURNS; turn += 1) {
    for (const way of ways) {
      const taken = await takeTurn(way, connections);
      if (turn >= 0) times.get(way.name)?.push(...taken); // the first one warms up
    }
  }
  return Object.fromEntries([...times].map(([name, taken]) => [name, toFigures(taken)]));
}

async function takeTurn({ origin, headers }: Way, connections: number): Promise<number[]> {
  const dispatcher = new Agent({ connections });
  const taken: number[] = [];
  const fetchNext = async () => {
    while (taken.length < ASSETS_A_TURN) {
      const startedAt = performance.now();
      const { statusCode, body } = await request(`${origin}/_next/static/asset.js`, { headers, dispatcher });
      const { byteLength } = await body.arrayBuffer();
      if (statusCode !== 200 || byteLength !== ASSET.length) throw new Error(`an asset came as ${statusCode}`);
      taken.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: connections }, fetchNext));
  await dispatcher.close();
  return taken;
}

function toFigures(taken: readonly number[]): Figures {
  const sorted = taken.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

type Results = Record<"oneByOne" | "asBrowser", Record<string, Figures>>;

function report(results: Results): number {
  const words = { oneByOne: "one by one", asBrowser: `${CONNECTIONS} at once` };
  for (const [kind, { direct, door }] of Object.entries(results)) {
    console.log(
      `${words[kind === "oneByOne" ? kind : "asBrowser"].padEnd(12)} direct ${show(direct)}   door ${show(door)}`,
    );
  }
  const addedMs = (results.oneByOne.door?.p50 ?? Number.NaN) - (results.oneByOne.direct?.p50 ?? Number.NaN);
  const pass = addedMs <= ADDED_MS_MAX;
  console.log(
    `An asset takes ${addedMs.toFixed(2)} ms longer through the door; at most ${ADDED_MS_MAX} ms: ${pass ? "reached" : "NOT reached"}.`,
  );
  console.log(JSON.stringify({ pass, addedMs, ...results, loadAverage: loadavg()[0] }));
  return pass ? 0 : 1;
}

function show(figures: Figures | undefined): string {
  return `p50 ${figures?.p50.toFixed(2)} ms, p99 ${figures?.p99.toFixed(2)} ms`;
}

/** Helicone's pages as far as this bench needs them: a sign-in, and one file. */
async function startAssetServer(): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((incoming, response) => {
    incoming.resume();
    if (incoming.url === "/api/auth/sign-in/email") {
      response.setHeader("set-cookie", "better-auth.session_token=x; Max-Age=604800; Path=/; HttpOnly");
      return void response.end("{}");
    }
    response.writeHead(200, {
      "content-type": "text/javascript",
      "content-length": ASSET.length,
      "cache-control": "public, max-age=31536000, immutable",
    });
    response.end(ASSET);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

process.exit(await main());
