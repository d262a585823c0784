import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

/** What people are told when the CLI is not there: at the path that was set, or by its name anywhere. */
export function notInstalled(pathOrName: string): string {
  return pathOrName.includes(path.sep)
    ? `There is no program at ${pathOrName}, where CLAUDE_CODE_PATH says that Claude Code is. Correct the path, or leave it out.`
    : "Claude Code is not installed: npm install -g @anthropic-ai/claude-code";
}

const VERSION_TIMEOUT_MS = 20_000;
const run = promisify(execFile);

/** The executable file of that path, or of that name on the search path; null when there is none. */
export async function findClaude(pathOrName: string, searchPath: string): Promise<string | null> {
  const candidates = pathOrName.includes(path.sep)
    ? [path.resolve(pathOrName)]
    : searchPath
        .split(path.delimiter)
        .filter((folder) => path.isAbsolute(folder))
        .map((folder) => path.join(folder, pathOrName));
  for (const candidate of candidates) if (await isProgram(candidate)) return candidate;
  return null;
}

/** The version it says it has, such as "2.1.330"; null when it does not answer. */
export async function claudeVersion(program: string, environment: Record<string, string>): Promise<string | null> {
  const env = environment as unknown as NodeJS.ProcessEnv; // Next's types demand a NODE_ENV, which is not the CLI's
  const options = { env, timeout: VERSION_TIMEOUT_MS };
  const { stdout } = await run(program, ["--version"], options).catch(() => ({ stdout: "" }));
  return /^\d+\.\d+\.\d+\S*/.exec(stdout)?.[0] ?? null;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
