import path from "node:path";

import { build } from "esbuild";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** The programs that the bench runs as processes of their own, by the name of their bundle. */
const PROGRAMS = {
  gateway: "src/gateway/main.ts",
  "bare-pipe": "bench/gateway/bare-pipe-process.ts",
  upstream: "bench/gateway/upstream-process.ts",
  load: "bench/gateway/load-process.ts",
};

export type Programs = Record<keyof typeof PROGRAMS, string>;

/** Bundles them into the folder, as `npm start` bundles the gateway. Returns the paths. */
export async function bundlePrograms(folder: string): Promise<Programs> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: PROGRAMS,
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "esm",
    logLevel: "warning",
    external: ["pg-native"],
    // Bundled CommonJS packages ask for Node's own modules with require.
    banner: {
      js: 'import { createRequire as bannerRequire } from "node:module"; const require = bannerRequire(import.meta.url);',
    },
  });
  const bundled = (name: keyof typeof PROGRAMS) => path.join(folder, `${name}.mjs`);
  return {
    gateway: bundled("gateway"),
    "bare-pipe": bundled("bare-pipe"),
    upstream: bundled("upstream"),
    load: bundled("load"),
  };
}
