import { execFile } from "node:child_process";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** The newest, and the one that npm picks by itself on Node 20. */
export const CLAUDE_CODE_VERSIONS = ["2.1.330", "2.1.197"] as const;
export type ClaudeCodeVersion = (typeof CLAUDE_CODE_VERSIONS)[number];

const CACHE_DIR = path.resolve(import.meta.dirname, "../../.cache/claude-code");
const INSTALL_TIMEOUT_MS = 10 * 60_000;
const run = promisify(execFile);

/**
 * The path of the real Claude Code CLI in exactly this version. The first call installs it from npm into an ignored
 * folder (some 250 to 380 MB); of several processes that ask at once, one installs and the others wait.
 */
export async function ensureClaudeCode(version: ClaudeCodeVersion): Promise<string> {
  const dir = path.join(CACHE_DIR, version);
  const binary = path.join(dir, "node_modules", ".bin", "claude");
  const marker = path.join(dir, "installed");
  if (await isThere(marker)) return binary;
  await mkdir(dir, { recursive: true });
  const unlock = await lock(path.join(dir, "lock"));
  try {
    if (!(await isThere(marker))) await install(version, dir, binary);
    await writeFile(marker, `${version}\n`);
    return binary;
  } finally {
    await unlock();
  }
}

async function install(version: ClaudeCodeVersion, dir: string, binary: string): Promise<void> {
  await writeFile(path.join(dir, "package.json"), '{ "private": true }\n');
  const args = ["install", "--prefix", dir, "--no-audit", "--no-fund", `@anthropic-ai/claude-code@${version}`];
  await run("npm", args, { cwd: dir, timeout: INSTALL_TIMEOUT_MS });
  const { stdout } = await run(binary, ["--version"], { timeout: 60_000 });
  if (!stdout.startsWith(version))
    throw new Error(`Claude Code ${version} was asked for, npm installed ${stdout.trim()}`);
}

/** Waits for the lock file; one whose process is dead is taken over. */
async function lock(file: string): Promise<() => Promise<void>> {
  const deadlineAt = Date.now() + INSTALL_TIMEOUT_MS;
  while (Date.now() < deadlineAt) {
    try {
      const handle = await open(file, "wx");
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rm(file, { force: true });
    } catch {
      const holder = Number(await readFile(file, "utf8").catch(() => ""));
      if (holder > 0 && !isRunning(holder)) await rm(file, { force: true });
      else await sleep(200);
    }
  }
  throw new Error(`${file} is held by another process; remove it if nothing is installing Claude Code`);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function isThere(file: string): Promise<boolean> {
  return readFile(file).then(
    () => true,
    () => false,
  );
}
