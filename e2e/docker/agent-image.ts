import { cp, link, mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import path from "node:path";

import type Docker from "dockerode";
import { build } from "esbuild";

import { BASE_IMAGE } from "#testing/docker-engine.ts";
import { ensureClaudeCode } from "../claude-code/ensure-claude-code.ts";
import { followBuild } from "./test-images.ts";

/** Our own image, with the real Claude Code. */
export const AGENT_IMAGE = "trinity-llm-test-agent:latest";

const ROOT = path.resolve(import.meta.dirname, "../..");

/**
 * Builds docker/agent.Dockerfile without a network: from the local base and the installed program of Claude Code.
 * @throws Error with the builder's last words
 */
export async function buildAgentImage(docker: Docker, { withProgram = true } = {}): Promise<void> {
  const program = await realpath(await ensureClaudeCode("2.1.330"));
  const context = await mkdtemp(path.join(ROOT, ".cache", "agent-image-"));
  try {
    await cp(path.join(ROOT, "docker"), path.join(context, "docker"), { recursive: true });
    await mkdir(path.join(context, "dist"));
    await bundleAgentServer(path.join(context, "dist", "agent-server.mjs"));
    const src = ["docker/agent.Dockerfile", "docker/agent-init.sh", "dist/agent-server.mjs"];
    if (withProgram) await link(program, path.join(context, "claude-code"));
    if (withProgram) src.push("claude-code");
    const buildargs = { BASE: BASE_IMAGE, PACKAGES: "" };
    const t = withProgram ? AGENT_IMAGE : `${AGENT_IMAGE}-without-program`;
    const options = { t, dockerfile: "docker/agent.Dockerfile", buildargs, networkmode: "none" };
    const progress = await docker.buildImage({ context, src }, options);
    await followBuild(docker, progress);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

/** As scripts/build.mjs does, without the rest of the program. */
async function bundleAgentServer(outfile: string): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: ["src/agent-server/main.ts"],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "esm",
    logLevel: "warning",
    banner: {
      js: 'import { createRequire as bannerRequire } from "node:module"; const require = bannerRequire(import.meta.url);',
    },
  });
}
