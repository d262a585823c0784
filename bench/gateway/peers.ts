import { execFile } from "node:child_process";
import { access, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

import { probePort } from "#supervisor/free-port.ts";

import { type BenchProcess, startBenchProcess } from "./bench-process.ts";

const run = promisify(execFile);
const PORTKEY = "@portkey-ai/gateway";
const PORTKEY_VERSION = "1.15.2";
const PORTKEY_FOLDER = path.resolve(import.meta.dirname, "../../.cache/portkey", PORTKEY_VERSION);
const INSTALL_MS_MAX = 5 * 60_000;

/** The folder of Portkey's gateway in the pinned version; the first call installs it from npm (25 MB). */
export async function ensurePortkey(signal: AbortSignal): Promise<string> {
  const marker = path.join(PORTKEY_FOLDER, "installed");
  const isInstalled = await access(marker).then(
    () => true,
    () => false,
  );
  if (!isInstalled) {
    await mkdir(PORTKEY_FOLDER, { recursive: true });
    await writeFile(path.join(PORTKEY_FOLDER, "package.json"), '{ "private": true }\n');
    // Its only install script patches packages that it does not ship patches for.
    const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev"];
    const args = ["install", "--prefix", PORTKEY_FOLDER, ...options, `${PORTKEY}@${PORTKEY_VERSION}`];
    await run("npm", args, { cwd: PORTKEY_FOLDER, timeout: INSTALL_MS_MAX, signal });
    await writeFile(marker, `${PORTKEY_VERSION}\n`);
  }
  return path.join(PORTKEY_FOLDER, "node_modules", PORTKEY);
}

export async function startPortkey(folder: string): Promise<BenchProcess> {
  const port = await probePort(0);
  const preload = path.join(import.meta.dirname, "portkey-streams.mjs");
  const server = path.join(folder, "build/start-server.js");
  return startBenchProcess({
    command: process.execPath,
    args: ["--import", preload, server, `--port=${port}`, "--headless"],
    ready: { port },
  });
}

/** What sends Portkey's gateway to the bench's upstream. */
export function portkeyHeaders(upstreamUrl: string): Record<string, string> {
  return { "x-portkey-provider": "anthropic", "x-portkey-custom-host": `${upstreamUrl}/v1` };
}

/** Starts nginx in the foreground with a configuration of its own; null where it is not installed. */
export async function startNginx(folder: string, upstreamUrl: string): Promise<BenchProcess | null> {
  const command = await findNginx();
  if (command === null) return null;
  const port = await probePort(0);
  const file = path.join(folder, "nginx.conf");
  await writeFile(file, nginxConfiguration(folder, { port, upstream: new URL(upstreamUrl).host }));
  return startBenchProcess({ command, args: ["-p", folder, "-c", file, "-e", "stderr"], ready: { port } });
}

async function findNginx(): Promise<string | null> {
  for (const command of ["nginx", "/usr/sbin/nginx", "/usr/local/sbin/nginx"]) {
    const isThere = await run(command, ["-v"]).then(
      () => true,
      () => false,
    );
    if (isThere) return command;
  }
  return null;
}

/** One process, bodies kept in memory, connections kept open, answers passed on as they come. */
function nginxConfiguration(folder: string, { port, upstream }: { port: number; upstream: string }): string {
  const spill = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  return `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 1024; }
http {
  access_log off;
  ${spill.join("\n  ")}
  client_max_body_size 64m;
  client_body_buffer_size 1m;
  keepalive_timeout 600s;
  keepalive_requests 100000000;
  upstream model_api { server ${upstream}; keepalive 128; keepalive_timeout 600s; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://model_api;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
    }
  }
}
`;
}
