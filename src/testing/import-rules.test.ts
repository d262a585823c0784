import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { checkImports, RULE_NAMES } from "../../scripts/check-imports.mjs";

/** A tree as small as the rules allow, with one legal use of everything that is illegal elsewhere. */
const LEGAL_TREE: Record<string, string> = {
  "package.json": JSON.stringify({
    type: "module",
    imports: { "#*": "./src/*" },
    dependencies: { zod: "1.0.0", react: "1.0.0", dockerode: "1.0.0", "@prisma/client": "1.0.0" },
    devDependencies: { vitest: "1.0.0" },
  }),
  "src/config.ts": "export const readConfig = () => 1;",
  "src/db.ts": "export const createPool = () => 1;",
  "src/log.ts": "export const createLog = () => 1;",
  "src/prisma-client.ts": 'import "@prisma/client"; export const createPrisma = () => 1;',
  "src/platform.ts":
    'import { readConfig } from "#config.ts"; import { agents } from "#agents/agents.ts"; export const platform = [readConfig, agents];',
  "src/main.ts": 'import "#supervisor/supervisor.ts"; import "#config.ts";',
  "src/unroute.ts":
    'import "#config.ts"; import "#prisma-client.ts"; import "#supervisor/supervisor.ts"; import "#agents/agents.ts";',
  "src/domain/money.ts": "export const money = 1; export type Money = number;",
  "src/domain/money.test.ts": 'import "vitest"; import "#testing/database.ts"; import "#domain/money.ts";',
  "src/agents/agents.ts": 'import "#domain/money.ts"; export const agents = 1; export type Agent = number;',
  "src/agents/agent-store.ts": 'import "#prisma-client.ts"; import "zod";',
  "src/agents/docker-engine.ts": 'import "dockerode";',
  "src/ledger/ledger.ts": 'import "#log.ts"; export const ledger = 1;',
  "src/people/people.ts": "export const people = 1;",
  "src/limits/limits.ts": 'import "#ledger/ledger.ts"; export const limits = 1;',
  "src/secret-token.ts": "export const createSecretToken = () => 1;",
  "src/process-table.ts": "export const findProcesses = () => 1;",
  "src/agents/process-runtime.ts": 'import "#process-table.ts"; export const runtime = 1;',
  "src/agent-server/main.ts": 'import "#process-table.ts"; import "#log.ts"; import "#domain/money.ts";',
  "src/gateway/main.ts":
    'import "#config.ts"; import "#db.ts"; import "#agents/agents.ts"; import "#limits/limits.ts"; import "node:http";',
  "src/gateway/server.ts": 'import type { Config } from "#config.ts"; export const server = 1;',
  "src/portal/auth/session.ts": "export const readSession = () => 1;",
  "src/helicone/credentials.ts": "export const readCredentials = () => 1;",
  "src/helicone-bootstrap.ts": 'import "#config.ts"; import "#helicone/credentials.ts";',
  "src/door/main.ts":
    'import "#config.ts"; import "#db.ts"; import "#helicone/credentials.ts"; import "#portal/auth/session.ts"; export const door = 1;',
  "src/portal/api/router.ts":
    'import "#platform.ts"; import type { Agent } from "#agents/agents.ts"; export const router = 1;',
  "src/portal/ui/panel.tsx":
    'import "react"; import "#domain/money.ts"; import type { Agent } from "#agents/agents.ts"; export const Panel = 1;',
  "src/app/page.tsx": 'import "react"; import "#portal/ui/panel.tsx"; export type Page = number;',
  "src/supervisor/supervisor.ts": 'import "#config.ts"; import "node:child_process"; export type Child = number;',
  "src/demo/demo.ts": 'import "#config.ts"; import "#db.ts"; import "#gateway/server.ts"; export type Demo = number;',
  "src/testing/database.ts": 'import "#supervisor/supervisor.ts"; export const database = 1;',
  "e2e/anthropic/main.ts": "export const upstream = 1;",
  "bench/load.ts": 'import "#testing/database.ts"; import "../e2e/anthropic/main.ts";',
  ...npmPackage("zod"),
  ...npmPackage("react"),
  ...npmPackage("vitest"),
  ...npmPackage("dockerode"),
  ...npmPackage("@prisma/client"),
  ...npmPackage("brought-along"),
};

/** A file that breaks one rule, and no other. */
const VIOLATIONS: [rule: string, file: string, text: string][] = [
  ["nothing-unresolved", "src/ledger/bad.ts", 'import "#domain/misspelt.ts";'],
  ["no-cycles", "src/agents/bad.ts", 'import "#agents/bad.ts";'],
  ["no-cycles", "src/log.ts", 'import "#ledger/ledger.ts"; export const createLog = () => 1;'],
  ["domain-is-pure", "src/domain/bad.ts", 'import "node:fs";'],
  ["domain-is-pure", "src/domain/bad.ts", 'import "zod";'],
  ["domain-is-pure", "src/domain/bad.ts", 'import type { Agent } from "#agents/agents.ts";'],
  ["domain-is-pure", "src/domain/bad.ts", 'export const later = () => import("#log.ts");'],
  ["siblings-are-strangers", "src/agents/bad.ts", 'import "#ledger/ledger.ts";'],
  ["siblings-are-strangers", "src/people/bad.ts", 'import type { Agent } from "#agents/agents.ts";'],
  ["siblings-are-strangers", "src/ledger/bad.ts", 'export * from "#limits/limits.ts";'],
  ["siblings-are-strangers", "src/ledger/bad.ts", 'import "../people/people.ts";'],
  ["signals-know-nobody", "src/signals/bad.ts", 'import "#ledger/ledger.ts";'],
  ["limits-read-the-ledger", "src/limits/bad.ts", 'import "#people/people.ts";'],
  ["limits-read-the-ledger", "src/limits/bad.ts", 'import "#platform.ts";'],
  ["agent-server-stands-alone", "src/agent-server/bad.ts", 'import "#secret-token.ts";'],
  ["agent-server-stands-alone", "src/agent-server/bad.ts", 'import type { Agent } from "#agents/agents.ts";'],
  ["door-stays-small", "src/door/bad.ts", 'import "#agents/agents.ts";'],
  ["door-stays-small", "src/door/bad.ts", 'import "#portal/api/router.ts";'],
  ["door-stays-small", "src/door/bad.ts", 'import "#platform.ts";'],
  ["door-loads-no-prisma", "src/door/bad-store.ts", 'import "@prisma/client";'],
  ["pools-in-roots", "src/door/bad.ts", 'import "#db.ts";'],
  ["settings-in-roots", "src/door/bad.ts", 'import "#config.ts";'],
  ["gateway-stays-small", "src/gateway/bad.ts", 'import "#people/people.ts";'],
  ["gateway-stays-small", "src/gateway/bad.ts", 'import "#portal/api/router.ts";'],
  ["gateway-loads-no-prisma", "src/gateway/bad-store.ts", 'import "#prisma-client.ts";'],
  ["gateway-loads-no-prisma", "src/gateway/bad.ts", 'import "#agents/agent-store.ts";'],
  ["prisma-in-stores", "src/agents/bad.ts", 'import "#prisma-client.ts";'],
  ["prisma-in-stores", "src/people/bad.ts", 'import type { X } from "@prisma/client";'],
  ["pools-in-roots", "src/agents/bad-store.ts", 'import { createPool } from "#db.ts"; createPool();'],
  ["settings-in-roots", "src/gateway/bad.ts", 'import { readConfig } from "#config.ts"; readConfig();'],
  ["portal-uses-the-platform", "src/portal/api/bad.ts", 'import { agents } from "#agents/agents.ts"; agents;'],
  ["browser-code-imports-no-server", "src/portal/ui/bad.tsx", 'import { platform } from "#platform.ts"; platform;'],
  ["browser-code-imports-no-server", "src/portal/client/bad.ts", 'import "#portal/api/router.ts";'],
  ["browser-code-knows-no-node", "src/portal/ui/bad.ts", 'import "node:path";'],
  ["app-is-routes", "src/app/bad.tsx", 'import type { Agent } from "#agents/agents.ts";'],
  ["app-is-routes", "src/proxy.ts", 'import "#domain/money.ts";'],
  ["routes-are-leaves", "src/portal/ui/bad.ts", 'import type { Page } from "#app/page.tsx";'],
  ["platform-knows-no-door", "src/platform.ts", 'import "#gateway/server.ts";'],
  ["supervisor-stands-alone", "src/supervisor/bad.ts", 'import "#gateway/server.ts";'],
  ["supervisor-stands-alone", "src/main.ts", 'import "#ledger/ledger.ts";'],
  ["nobody-knows-the-supervisor", "src/portal/api/bad.ts", 'import type { Child } from "#supervisor/supervisor.ts";'],
  ["nobody-knows-the-demo", "src/portal/api/bad.ts", 'import type { Demo } from "#demo/demo.ts";'],
  ["frameworks-stop-at-the-portal", "src/agents/bad.ts", 'import "react";'],
  ["docker-in-one-file", "src/agents/bad.ts", 'import "dockerode";'],
  ["tests-are-leaves", "src/platform.ts", 'import "#testing/database.ts"; export const platform = 1;'],
  ["tests-are-leaves", "src/agents/bad.ts", 'import "../../e2e/anthropic/main.ts";'],
  ["test-files-are-leaves", "e2e/bad.ts", 'import "#domain/money.test.ts";'],
  ["shipped-code-needs-shipped-packages", "src/ledger/bad.ts", 'import "vitest";'],
  ["packages-are-declared", "src/ledger/bad.ts", 'import "brought-along";'],
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "import-rules-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("the import rules", () => {
  it("let a legal tree pass, having looked at each of its files", async () => {
    const sources = Object.keys(LEGAL_TREE).filter((file) => /^(src|e2e|bench)\//.test(file));
    expect(await checkTree({})).toEqual({ files: sources.length, violations: [] });
  });

  it.each(VIOLATIONS)("%s: %s may not say %s", async (rule, file, text) => {
    const { violations } = await checkTree({ [file]: text });
    expect(new Set(violations.map((violation) => violation.rule))).toEqual(new Set([rule]));
    expect(violations[0]?.advice).toMatch(/^[A-Z].{20,}\.$/i);
  });

  it("are each seen failing here", () => {
    expect(new Set(VIOLATIONS.map(([rule]) => rule))).toEqual(new Set(RULE_NAMES));
  });

  it("do not pass a tree without a source file", async () => {
    await expect(checkImports(await mkdtemp(path.join(folder, "empty-")))).rejects.toThrow("no source file");
  });
});

async function checkTree(changes: Record<string, string>) {
  const tree = await mkdtemp(path.join(folder, "tree-"));
  for (const [file, text] of Object.entries({ ...LEGAL_TREE, ...changes })) {
    await mkdir(path.dirname(path.join(tree, file)), { recursive: true });
    await writeFile(path.join(tree, file), text);
  }
  return checkImports(tree);
}

function npmPackage(name: string): Record<string, string> {
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: "1.0.0", main: "index.js" }),
    [`node_modules/${name}/index.js`]: "module.exports = {};",
  };
}
