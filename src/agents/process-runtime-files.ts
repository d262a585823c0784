import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";

import { z } from "zod";

import type { AgentSpec } from "#agents/runtime.ts";
import { agentNameProblem } from "#domain/agent.ts";

/** What is kept of an agent: how it is made, and whether it should run. Holds its key, so it is for its owner alone. */
export type AgentFile = {
  spec: AgentSpec;
  desired: "running" | "stopped";
  /** The run that was started last: what still carries its mark is ended before the next begins. */
  runId: string | null;
};

/** The paths of one agent. `home` and `workspace` are its own files; the rest is ours. */
export type AgentPaths = {
  root: string;
  file: string;
  settings: string;
  log: string;
  home: string;
  workspace: string;
  tmp: string;
};

const strings = z.record(z.string(), z.string());
const limit = z.number().nullable();
const label = z.string().nullable();
const agentFile = z.object({
  spec: z.object({
    name: z.string(),
    environment: strings,
    managedSettings: z.looseObject({ env: strings }),
    labels: z.object({ type: label, template: label }),
    limits: z.object({ cpus: limit, memoryBytes: limit }),
    permissions: z.enum(["full", "workspace"]),
  }),
  desired: z.enum(["running", "stopped"]),
  runId: z.string().nullable(),
});

/** Where an agent's things are. The name must be valid: it becomes part of a path. */
export function agentPaths(folder: string, name: string): AgentPaths {
  const root = path.join(folder, name);
  const inRoot = (entry: string) => path.join(root, entry);
  return {
    root,
    file: inRoot("agent.json"),
    settings: inRoot("settings.json"),
    log: inRoot("agent.log"),
    home: inRoot("home"),
    workspace: inRoot("workspace"),
    tmp: inRoot("tmp"),
  };
}

/** The names of the agents whose files are all there; folders that only keep a workspace are not among them. */
export async function listAgents(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory() && agentNameProblem(entry.name) === null);
  const known = await Promise.all(
    names.map(async ({ name }) => ((await readAgentFile(agentPaths(folder, name))) === null ? [] : [name])),
  );
  return known.flat().sort();
}

/** What is kept of the agent; null when there is nothing, or nothing that can be used. */
export async function readAgentFile(paths: AgentPaths): Promise<AgentFile | null> {
  try {
    return agentFile.parse(JSON.parse(await readFile(paths.file, "utf8")));
  } catch {
    return null;
  }
}

/** Writes both files whole or not at all, also when this process is killed meanwhile. */
export async function writeAgentFile(paths: AgentPaths, kept: AgentFile): Promise<void> {
  await writeWhole(paths.settings, JSON.stringify(kept.spec.managedSettings));
  await writeWhole(paths.file, JSON.stringify(kept));
}

/** Makes the agent's folders. What it left in its temporary one is gone. */
export async function makeFolders(paths: AgentPaths): Promise<void> {
  await rm(paths.tmp, { recursive: true, force: true });
  for (const folder of [paths.root, paths.home, paths.workspace, paths.tmp]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
}

/** Whether the agent, or an earlier one of the name, has files of its own. */
export async function hasWorkspace(paths: AgentPaths): Promise<boolean> {
  const found = await Promise.all([paths.home, paths.workspace].map((folder) => stat(folder).catch(() => null)));
  return found.some((entry) => entry !== null);
}

/** Removes what is ours and, unless they are to be kept, the agent's own files. */
export async function removeFiles(paths: AgentPaths, { keepWorkspace }: { keepWorkspace: boolean }): Promise<void> {
  const ours = [paths.file, paths.settings, paths.tmp];
  for (const entry of keepWorkspace ? ours : [...ours, paths.root]) {
    await rm(entry, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
