import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { keepDeploymentSecrets } from "#supervisor/deployment-secrets.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "trinity-test-secrets-"));
});
afterEach(() => rm(folder, { recursive: true }));

const read = (file: string) => readFile(path.join(folder, file), "utf8");

describe("a deployment's secrets", () => {
  it("are made once, 256 bits each, and stay what they are", async () => {
    expect((await keepDeploymentSecrets(folder)).toSorted()).toEqual([
      "database-password",
      "database-url",
      "gateway-internal-token",
      "helicone-auth-secret",
      "nextauth-secret",
    ]);
    const files = ["portal/nextauth-secret", "postgres/database-password", "helicone/helicone-auth-secret"];
    const before = await Promise.all(files.map(read));
    for (const secret of before) expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(before).size).toBe(files.length);
    expect(await keepDeploymentSecrets(folder)).toEqual([]);
    expect(await Promise.all(files.map(read))).toEqual(before);
  });

  it("are given to their holders only, the same to each", async () => {
    await keepDeploymentSecrets(folder);
    expect(await read("gateway/gateway-internal-token")).toBe(await read("portal/gateway-internal-token"));
    expect(await read("gateway/database-url")).toBe(
      `postgresql://trinity:${await read("postgres/database-password")}@postgres:5432/trinity`,
    );
    for (const file of ["gateway/nextauth-secret", "helicone/database-url", "postgres/nextauth-secret"])
      await expect(stat(path.join(folder, file))).rejects.toThrow("ENOENT");
  });

  it("come back where one holder has lost its share", async () => {
    await keepDeploymentSecrets(folder);
    const token = await read("portal/gateway-internal-token");
    await rm(path.join(folder, "gateway"), { recursive: true });
    await mkdir(path.join(folder, "gateway"));
    await writeFile(path.join(folder, "gateway/gateway-internal-token"), ""); // as a full disk leaves it
    expect(await keepDeploymentSecrets(folder)).toEqual([]);
    expect(await read("gateway/gateway-internal-token")).toBe(token);
  });

  it("are not replaced where they cannot be read", async () => {
    await mkdir(path.join(folder, "portal/nextauth-secret"), { recursive: true });
    await expect(keepDeploymentSecrets(folder)).rejects.toThrow("EISDIR");
  });
});
