import { cp, link, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";

import type Docker from "dockerode";

import { BASE_IMAGE, ensureServicesImage, SERVICES_IMAGE } from "#testing/docker-engine.ts";
import { buildImage, followBuild } from "./test-images.ts";

/** What stands in for the images that cannot be fetched, by the variables of docker-compose.yml. */
export const COMPOSE_IMAGES = {
  TRINITY_IMAGE: "trinity-llm-test:latest",
  POSTGRES_IMAGE: "trinity-llm-test-postgres:latest",
  DOCKER_PROXY_IMAGE: "trinity-llm-test-haproxy:latest",
  HELICONE_IMAGE: "helicone/helicone-all-in-one:trinity-llm-test-stand-in",
};

const ROOT = path.resolve(import.meta.dirname, "../..");

const POSTGRES = `
FROM ${SERVICES_IMAGE}
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
COPY postgres-entrypoint.sh /entrypoint.sh
STOPSIGNAL SIGINT
CMD ["/bin/sh", "/entrypoint.sh"]
`;
const HAPROXY = `
FROM ${SERVICES_IMAGE}
CMD ["haproxy"]
`;
const HELICONE = `
FROM ${BASE_IMAGE}
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
COPY supervisord.conf /etc/supervisor/conf.d/supervisord.conf
COPY supervisord.sh /usr/bin/supervisord
COPY psql.sh /usr/local/bin/psql
COPY clickhouse.mjs helicone-stand-in.mjs /app/
`;

/** Builds all of them without a network: ours by its own Dockerfile from what was built, the others from Debian's packages. */
export async function buildComposeImages(docker: Docker): Promise<void> {
  await buildDockerProxyImage(docker);
  await buildImage(docker, COMPOSE_IMAGES.POSTGRES_IMAGE, await context(POSTGRES, ["postgres-entrypoint.sh"]));
  const standIn = await readFile(path.join(ROOT, "dist/helicone-stand-in.mjs"));
  const parts = ["supervisord.conf", "supervisord.sh", "psql.sh", "clickhouse.mjs"];
  await buildImage(docker, COMPOSE_IMAGES.HELICONE_IMAGE, [
    ...(await context(HELICONE, parts)),
    { path: "helicone-stand-in.mjs", content: standIn },
  ]);
  await buildTrinityImage(docker);
}

/** What stands before Docker's socket: HAProxy, which Compose gives its settings. */
export async function buildDockerProxyImage(docker: Docker): Promise<void> {
  await ensureServicesImage(docker);
  await buildImage(docker, COMPOSE_IMAGES.DOCKER_PROXY_IMAGE, await context(HAPROXY, []));
}

async function context(dockerfile: string, names: readonly string[]) {
  const files = names.map(async (name) => ({
    path: name,
    content: await readFile(path.join(import.meta.dirname, "compose-images", name)),
    mode: 0o755,
  }));
  return [{ path: "Dockerfile", content: dockerfile }, ...(await Promise.all(files))];
}

/** docker/trinity.Dockerfile in a folder that has the finished build, which it then takes. */
async function buildTrinityImage(docker: Docker): Promise<void> {
  const folder = await mkdtemp(path.join(ROOT, ".cache", "trinity-image-"));
  try {
    for (const name of ["docker", "prisma/migrations", ".next/standalone"])
      await cp(path.join(ROOT, name), path.join(folder, name), { recursive: true, verbatimSymlinks: true });
    await mkdir(path.join(folder, "dist"));
    const programs = (await readdir(path.join(ROOT, "dist"))).filter((name) => name.endsWith(".mjs"));
    for (const name of programs) await link(path.join(ROOT, "dist", name), path.join(folder, "dist", name));
    const src = ["docker", "prisma", "dist", ".next"];
    const options = {
      t: COMPOSE_IMAGES.TRINITY_IMAGE,
      dockerfile: "docker/trinity.Dockerfile",
      buildargs: { BASE: BASE_IMAGE },
      networkmode: "none",
    };
    await followBuild(docker, await docker.buildImage({ context: folder, src }, options));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
