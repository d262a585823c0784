import { readFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";

import type Docker from "dockerode";

import { tarOf } from "#agents/docker-archive.ts";
import { BASE_IMAGE } from "#testing/docker-engine.ts";

/** The stand-in of fake-agent.mjs, run by a user who is not root, with an environment of its own. */
export const FAKE_AGENT_IMAGE = "trinity-llm-test-fake-agent:latest";

const FAKE_AGENT = `
FROM ${BASE_IMAGE}
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 IMAGE_SAYS=first
COPY fake-agent.mjs /app/fake-agent.mjs
WORKDIR /home/developer
USER developer
EXPOSE 8000 22
CMD ["node", "/app/fake-agent.mjs"]
`;

/** Builds the image of the stand-in, from what is on this machine alone. */
export async function buildFakeAgent(docker: Docker): Promise<void> {
  const server = await readFile(path.join(import.meta.dirname, "fake-agent.mjs"));
  await buildImage(docker, FAKE_AGENT_IMAGE, [
    { path: "Dockerfile", content: FAKE_AGENT },
    { path: "fake-agent.mjs", content: server },
  ]);
}

/** @throws Error with the builder's last words */
export async function buildImage(docker: Docker, tag: string, files: Parameters<typeof tarOf>[0]): Promise<void> {
  const progress = await docker.buildImage(Readable.from([tarOf(files)]), { t: tag, networkmode: "none" });
  await followBuild(docker, progress);
}

/**
 * Waits for a build to end. One that fails ends like any other: only its last line says so.
 * @throws Error with the builder's last words
 */
export async function followBuild(docker: Docker, progress: NodeJS.ReadableStream): Promise<void> {
  const said = await new Promise<{ error?: string }[]>((resolve, reject) =>
    docker.modem.followProgress(progress, (error, lines) => (error ? reject(error) : resolve(lines))),
  );
  const problem = said.find(({ error }) => error !== undefined)?.error;
  if (problem !== undefined) throw new Error(problem);
}
