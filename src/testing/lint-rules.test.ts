import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { beforeAll, describe, expect, it } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** One file for each house rule that must be seen failing. */
const VIOLATIONS: [rule: string, file: string, text: string][] = [
  ["suspicious/noExplicitAny", "src/gateway/any.ts", "export const a: any = 1;"],
  ["style/noNonNullAssertion", "src/gateway/bang.ts", "export const a = (b: string | null) => b!.length;"],
  [
    "complexity/useMaxParams",
    "src/gateway/params.ts",
    "export function f(a: 1, b: 1, c: 1, d: 1) { return [a, b, c, d]; }",
  ],
  ["complexity/noExcessiveLinesPerFunction", "src/gateway/long.ts", `export function f() {\n${"f();\n".repeat(51)}}`],
  ["complexity/noExcessiveCognitiveComplexity", "src/gateway/maze.ts", maze()],
  ["style/noExcessiveLinesPerFile", "src/gateway/file.ts", `export {};\n${"Date.now();\n".repeat(300)}`],
  [
    "nursery/noExcessiveNestedBlocks",
    "src/gateway/deep.ts",
    "export function f() { if (f) { if (f) { if (f) { if (f) { f(); } } } } }",
  ],
  [
    "nursery/noFloatingPromises",
    "src/gateway/floating.ts",
    "async function f() { await 1; }\nexport function g() { f(); }",
  ],
  [
    "nursery/noMisusedPromises",
    "src/gateway/misused.ts",
    "const f = async () => true;\nexport const g = () => { if (f()) return 1; return 2; };",
  ],
  ["style/noProcessEnv", "src/gateway/env.ts", "export const port = process.env.PORT;"],
  ["style/noRestrictedGlobals", "src/domain/surroundings.ts", "export const at = () => performance.now();"],
  ["style/useConsistentTypeDefinitions", "src/gateway/interface.ts", "export interface A { b: 1 }"],
  ["style/useFilenamingConvention", "src/gateway/camelCase.ts", "export const camelCase = 1;"],
  ["style/noNestedTernary", "src/gateway/ternary.ts", "export const f = (a: 1, b: 1) => (a ? 1 : b ? 2 : 3);"],
  ["performance/noBarrelFile", "src/gateway/barrel.ts", 'export { env } from "./env.ts";'],
  ["correctness/noUnusedVariables", "src/gateway/unused.ts", "const a = 1;\nexport {};"],
  ["correctness/noUnusedImports", "src/gateway/unused-import.ts", 'import { port } from "./env.ts";\nexport {};'],
  ["suspicious/noEmptyBlockStatements", "src/gateway/swallow.ts", "export function f() { try { f(); } catch {} }"],
  ["suspicious/noConsole", "src/gateway/console.ts", "console.log(1);"],
  [
    "suspicious/noFocusedTests",
    "src/gateway/focused.test.ts",
    'import { it } from "vitest";\nit.only("is the only one", () => undefined);',
  ],
  [
    "suspicious/noSkippedTests",
    "src/gateway/skipped.test.ts",
    'import { it } from "vitest";\nit.skip("is left out", () => undefined);',
  ],
  ["a11y/useAltText", "src/portal/ui/image.tsx", 'export const Image = () => <img src="a.png" />;'],
  ["a11y/useButtonType", "src/portal/ui/button.tsx", "export const Button = () => <button>Save</button>;"],
  [
    "correctness/useHookAtTopLevel",
    "src/portal/ui/hook.tsx",
    'import { useState } from "react";\nexport const Panel = (p: { a: 1 }) => { if (p.a) useState(1); return null; };',
  ],
  [
    "nursery/useExhaustiveSwitchCases",
    "src/gateway/switch.ts",
    'export function f(a: "x" | "y") { switch (a) { case "x": return 1; } return 2; }',
  ],
];

/** The same words where they are allowed. */
const LEGAL: [file: string, text: string][] = [
  ["src/config.ts", "export const port = process.env.PORT;"],
  ["scripts/say.mjs", "console.log(process.env.PORT);"],
  ["src/gateway/now.ts", "export const at = () => performance.now();"],
];

describe("the lint rules", () => {
  let found: Map<string, string[]>;
  beforeAll(async () => {
    found = await lint([...VIOLATIONS.map(([, file, text]): [string, string] => [file, text]), ...LEGAL]);
  }, 30_000);

  it.each(VIOLATIONS)("%s is in force: seen failing in %s", (rule, file) => {
    expect(found.get(file)).toContain(`lint/${rule}`);
  });

  it.each(LEGAL)("%s may", (file) => {
    expect(found.get(file)).toBeUndefined();
  });
});

/** The rules that each file breaks. */
async function lint(files: [file: string, text: string][]): Promise<Map<string, string[]>> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "lint-rules-"));
  try {
    for (const [file, text] of files) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    }
    for (const file of ["biome.json", "package.json", "tsconfig.json"])
      await copyFile(path.join(ROOT, file), path.join(folder, file));
    return groupByFile(await runBiome(folder));
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Diagnostic = { category: string; location: { path: string } };

function runBiome(folder: string): Promise<Diagnostic[]> {
  const biome = path.join(ROOT, "node_modules/.bin/biome");
  const args = ["lint", "--vcs-enabled=false", "--max-diagnostics=none", "--reporter=json"];
  return new Promise((resolve, reject) => {
    execFile(biome, args, { cwd: folder, maxBuffer: 64_000_000 }, (_error, stdout, stderr) => {
      if (!stdout.startsWith("{")) return reject(new Error(`Biome gave no report: ${stderr}`)); // its exit code says "violations", as wanted
      resolve(JSON.parse(stdout).diagnostics);
    });
  });
}

function groupByFile(diagnostics: Diagnostic[]): Map<string, string[]> {
  const byFile = new Map<string, string[]>();
  for (const { category, location } of diagnostics)
    byFile.set(location.path, [...(byFile.get(location.path) ?? []), category]);
  return byFile;
}

function maze(): string {
  return `export function f(a: boolean) {\n${"if (a && f(a) || a) f(a);\n".repeat(8)}return a;\n}`;
}
