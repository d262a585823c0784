import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { bootstrapHelicone } from "#helicone/bootstrap.ts";
import { readGatewayFile, readPortalFile } from "#helicone/credentials.ts";
import { type HeliconeStandIn, startHeliconeStandIn } from "../../e2e/helicone/helicone-stand-in.ts";

let helicone: HeliconeStandIn;
let folder: string;
let said: string[];
beforeAll(async () => {
  helicone = await startHeliconeStandIn({ upstreamUrl: "http://127.0.0.1:9" });
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "bootstrap-"));
  said = [];
});
afterEach(async () => {
  await helicone.reset();
  await rm(folder, { recursive: true });
});
afterAll(() => helicone.close());

type Given = { login?: { email: string; password: string }; waitMs?: number };

function bootstrap({ login, waitMs = 0 }: Given = {}) {
  const { jawnUrl: url, webUrl } = helicone;
  return bootstrapHelicone({ url, webUrl, credentialsDir: folder, login, waitMs, say: (line) => void said.push(line) });
}

const keyNames = () => keyAnswers().then((keys) => keys.map((key) => `${key.name} ${key.permissions}`));

/** The keys that Helicone has, asked as an admin would. */
async function keyAnswers(): Promise<{ name: string; permissions: string }[]> {
  const { email, password } = readPortalFile(folder) ?? { email: "", password: "" };
  const answer = await fetch(`${helicone.webUrl}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  const cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  const orgId = readPortalFile(folder)?.organisationId;
  const headers = { cookie, "helicone-authorization": JSON.stringify({ _type: "jwt", token: "", orgId }) };
  const listed = await (await fetch(`${helicone.jawnUrl}/v1/api-keys`, { headers })).json();
  return listed.data.map((key: Record<string, string>) => ({
    name: key.api_key_name,
    permissions: key.key_permissions,
  }));
}

async function query(key: string | undefined): Promise<number> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
  const body = JSON.stringify({ filter: "all", limit: 1 });
  return (await fetch(`${helicone.jawnUrl}/v1/request/query-clickhouse`, { method: "POST", headers, body })).status;
}

describe("an empty Helicone", () => {
  it("gets an account and three keys, of which the gateway's for the proxy cannot read", async () => {
    const { made } = await bootstrap();
    expect(made).toEqual([
      "the account trinity@observability.local",
      "the key trinity-gateway",
      "the key trinity-gateway-log",
      "the key trinity-portal",
    ]);
    expect(await keyNames()).toEqual(["trinity-gateway w", "trinity-gateway-log rw", "trinity-portal rw"]);
    expect(await query(readPortalFile(folder)?.apiKey)).toBe(201);
    expect(await query(readGatewayFile(folder)?.logKey)).toBe(201);
    expect(await query(readGatewayFile(folder)?.writeKey)).toBe(401);
    expect(readPortalFile(folder)?.writeKey).toBe(readGatewayFile(folder)?.writeKey); // for agents that go straight there
  });

  it("is asked as was recorded: no cookie at sign-in, nothing unknown in a body", async () => {
    await bootstrap();
    expect(helicone.violations()).toEqual([]);
    const signIns = helicone.received.filter(({ path: target }) => target.startsWith("/api/auth/sign-"));
    expect(signIns).toHaveLength(3);
    expect(signIns.filter(({ headers }) => "cookie" in headers)).toEqual([]);
  });

  it("the account may be one that was named", async () => {
    const login = { email: "ops@example.test", password: "chosen-by-hand" };
    expect((await bootstrap({ login })).email).toBe(login.email);
    expect(readPortalFile(folder)).toMatchObject(login);
  });

  it("no line that is said holds a secret", async () => {
    await helicone.setFaults({ clickhouseDown: true });
    await expect(bootstrap({ waitMs: 2_500 })).rejects.toThrow("ClickHouse does not answer");
    const pending = JSON.parse(await readFile(path.join(folder, "portal/pending.json"), "utf8"));
    expect(said).toHaveLength(1);
    for (const name of ["password", "writeKey", "logKey", "apiKey"]) expect(said.join()).not.toContain(pending[name]);
  });
});

describe("repeated", () => {
  it("it makes nothing a second time, and the files stay as they are", async () => {
    await bootstrap();
    const before = [readPortalFile(folder), readGatewayFile(folder)];
    expect((await bootstrap()).made).toEqual([]);
    expect([readPortalFile(folder), readGatewayFile(folder)]).toEqual(before);
    expect(await keyNames()).toHaveLength(3);
  });

  it("after it was interrupted it goes on with the same account and keys", async () => {
    await helicone.setFaults({ clickhouseDown: true });
    await expect(bootstrap()).rejects.toThrow("ClickHouse does not answer");
    expect(readPortalFile(folder)).toBeNull();
    await helicone.setFaults({ clickhouseDown: false });
    expect((await bootstrap()).made).toEqual([]);
    expect(await keyNames()).toHaveLength(3);
    expect(await readdir(path.join(folder, "portal"))).toEqual(["portal.json"]);
  });

  it("a Helicone that has lost everything is set up again with the same keys", async () => {
    await bootstrap();
    const before = readGatewayFile(folder);
    await helicone.reset();
    expect((await bootstrap()).made).toHaveLength(4);
    expect(readGatewayFile(folder)).toEqual(before);
  });

  it("a lost file of the gateway is made again, and the portal's key stays", async () => {
    await bootstrap();
    const { apiKey } = readPortalFile(folder) ?? {};
    await rm(path.join(folder, "gateway"), { recursive: true });
    await new Promise((resolve) => setTimeout(resolve, 1_050)); // what is kept of a file is kept for a second
    expect((await bootstrap()).made).toEqual(["the key trinity-gateway", "the key trinity-gateway-log"]);
    expect(readPortalFile(folder)?.apiKey).toBe(apiKey);
    expect(await query(readGatewayFile(folder)?.logKey)).toBe(201);
  });
});

describe("trouble", () => {
  it("an account with another password is a clear end, not a wait", async () => {
    helicone.createAccount({ email: "trinity@observability.local", password: "somebody-else's" });
    await expect(bootstrap({ waitMs: 60_000 })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("with another password"),
    });
  });

  it("it waits for a Helicone that is not there yet, and says what for", async () => {
    await helicone.setFaults({ jawn: "down", web: "down" });
    setTimeout(() => void helicone.setFaults({ jawn: "up", web: "up" }), 1_000);
    expect((await bootstrap({ waitMs: 20_000 })).made).toHaveLength(4);
    expect(said).toEqual([
      expect.stringContaining("Waiting for Helicone: Helicone does not answer at http://127.0.0.1"),
    ]);
  });

  it("it gives up in time, with the last reason", async () => {
    await helicone.setFaults({ postgresDown: true });
    await expect(bootstrap({ waitMs: 2_500 })).rejects.toThrow("Helicone answers the sign-in with status 500");
  });

  it("a password that Helicone refuses is said", async () => {
    const login = { email: "ops@example.test", password: "short" };
    await expect(bootstrap({ login, waitMs: 60_000 })).rejects.toThrow(
      "Helicone refuses the sign-up: Password too short",
    );
  });
});
