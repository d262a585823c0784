import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import {
  agentPaths,
  hasWorkspace,
  listAgents,
  makeFolders,
  readAgentFile,
  removeFiles,
  writeAgentFile,
} from "#agents/process-runtime-files.ts";

const SPEC = {
  name: "bot",
  environment: { ANTHROPIC_AUTH_TOKEN: "tvk_secret" },
  managedSettings: { env: { A: "1" }, permissions: { deny: ["x"] } },
  labels: { type: null, template: "t" },
  limits: { cpus: null, memoryBytes: null },
  permissions: "workspace",
} as const;
const FILE = { spec: SPEC, desired: "running", runId: null } as const;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "agent-files-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function make(name: string) {
  const paths = agentPaths(folder, name);
  await makeFolders(paths);
  await writeAgentFile(paths, { ...FILE, spec: { ...SPEC, name } });
  return paths;
}

describe("the files of an agent", () => {
  it("come back as they were written, for their owner alone", async () => {
    const paths = await make("bot");
    expect(await readAgentFile(paths)).toEqual(FILE);
    for (const file of [paths.file, paths.settings]) expect((await stat(file)).mode & 0o777).toBe(0o600);
    for (const inner of [paths.root, paths.home, paths.workspace]) expect((await stat(inner)).mode & 0o777).toBe(0o700);
  });

  it.each(["", "not JSON", "{}", '{"spec":null}', JSON.stringify({ ...FILE, desired: "dancing" })])(
    "count as none when they say %j",
    async (text) => {
      const paths = await make("bot");
      await writeFile(paths.file, text);
      expect(await readAgentFile(paths)).toBeNull();
      expect(await listAgents(folder)).toEqual([]);
    },
  );

  it("are listed by name, and what only looks like them is not", async () => {
    await make("b");
    await make("a");
    await mkdir(path.join(folder, "kept-workspace", "home"), { recursive: true });
    await mkdir(path.join(folder, "Not A Name"));
    await writeFile(path.join(folder, "file"), "");
    expect(await listAgents(folder)).toEqual(["a", "b"]);
    expect(await listAgents(path.join(folder, "nowhere"))).toEqual([]);
  });

  it("go, and the agent's own stay or go with them as told", async () => {
    const paths = await make("bot");
    await writeFile(path.join(paths.workspace, "work.txt"), "work");
    await removeFiles(paths, { keepWorkspace: true });
    expect((await readdir(paths.root)).sort()).toEqual(["home", "workspace"]);
    expect(await hasWorkspace(paths)).toBe(true);
    await removeFiles(paths, { keepWorkspace: false });
    expect(await hasWorkspace(paths)).toBe(false);
    expect(await readdir(folder)).toEqual([]);
  });

  it("that lead elsewhere are removed without what they lead to", async () => {
    const paths = await make("bot");
    const outside = path.join(folder, "outside");
    await mkdir(outside);
    await writeFile(path.join(outside, "precious"), "");
    await symlink(outside, path.join(paths.workspace, "link"));
    await rm(paths.home, { recursive: true });
    await symlink(outside, paths.home);
    await removeFiles(paths, { keepWorkspace: false });
    expect(await readdir(outside)).toEqual(["precious"]);
  });
});
