import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import path from "node:path";

import { root } from "./prepare.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const NO_CHROMIUM = `There is no Chromium to run the browser tests with, and none could be installed.
Install one (Debian: apt-get install chromium; or: npx playwright install --with-deps chromium), or name one in CHROMIUM_PATH.`;

/** The system's Chromium, or undefined where Playwright must use the one it downloads. */
export function findChromium() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isExecutable);
}

/**
 * Makes sure that Playwright can start a Chromium: the system's, else Playwright's download, else (as root, on
 * Debian) the distribution's package.
 * @param {(line: string) => void} say
 * @throws Error that says what to do when all of that fails
 */
export async function ensureChromium(say) {
  if (await starts()) return;
  say("Downloading Chromium…");
  await run(process.execPath, path.join(root, "node_modules/@playwright/test/cli.js"), "install", "chromium");
  if (await starts()) return;
  if (process.getuid?.() === 0 && (await run("apt-get", "--version"))) {
    say("Installing Debian's Chromium…");
    await run("apt-get", "update");
    await run("apt-get", "install", "--yes", "--no-install-recommends", "chromium");
    if (await starts()) return;
  }
  throw new Error(NO_CHROMIUM);
}

/** Seen to start, not only to exist: a downloaded one may lack the system's libraries. */
async function starts() {
  const { chromium } = await import("@playwright/test");
  const browser = await chromium.launch({ executablePath: findChromium() }).catch(() => undefined);
  await browser?.close();
  return browser !== undefined;
}

/** Whether the program ended well. Its output is for nobody: what counts is whether Chromium starts afterwards. */
function run(command, ...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env, stdio: "ignore" });
    child.once("error", () => resolve(false));
    child.once("exit", (code) => resolve(code === 0));
  });
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
