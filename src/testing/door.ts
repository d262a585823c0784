import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";

import { request } from "undici";

import { createDoor, type DoorLimits } from "#door/door.ts";
import type { ServiceAccount } from "#door/helicone-session.ts";
import { createVisitorCheck } from "#door/visitor.ts";
import { probePort } from "#supervisor/free-port.ts";
import { createTestPortal, PORTAL_URL, type TestPerson, type TestPortal } from "#testing/portal.ts";
import { type HeliconeStandIn, startHeliconeStandIn } from "../../e2e/helicone/helicone-stand-in.ts";

/** The dashboard's door before a stand-in for Helicone, and the people of a portal. */
export type TestDoor = {
  url: string;
  portal: TestPortal;
  helicone: HeliconeStandIn;
  /** The account that the door signs in with; assign null to have none, for the reason beside it. */
  account: { current: ServiceAccount | null; absence: "no_account" | "not_set_up" };
  admin: TestPerson;
  owner: TestPerson;
  ask(path: string, asking?: DoorAsking): Promise<DoorAnswer>;
  close(): Promise<void>;
};

export type DoorAsking = {
  method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "TRACE";
  /** Default: the admin's; null: none. */
  cookie?: string | null;
  headers?: Record<string, string | string[]>;
  body?: string;
};

export type DoorAnswer = { status: number; headers: Record<string, string | string[] | undefined>; text: string };

/** What a browser says of somebody who opens a page. */
export const PAGE_LOAD = { accept: "text/html", "sec-fetch-mode": "navigate", "sec-fetch-site": "none" };

export type TestDoorOptions = {
  limits?: Partial<DoorLimits>;
  isTurnedOff?: boolean;
  /** Stands where Helicone's pages are. */
  webUrl?: string;
};

/** Starts one, on free ports of this machine. */
export async function startTestDoor(options: TestDoorOptions = {}): Promise<TestDoor> {
  const port = await probePort(0);
  const url = `http://localhost:${port}`;
  const helicone = await startHeliconeStandIn({
    upstreamUrl: "http://127.0.0.1:9",
    betterAuthUrl: url,
    objectsPublicUrl: url,
  });
  const portal = await createTestPortal(new Date());
  const [admin, owner] = [await portal.addPerson("Ada", "admin"), await portal.addPerson("Olga")];
  const account: TestDoor["account"] = { current: createAccount(helicone), absence: "not_set_up" };
  const { log, sessionSecret } = portal.platform;
  const door = createDoor({
    ...{ log, portalUrl: PORTAL_URL, doorUrl: url, limits: options.limits },
    visitorOf: createVisitorCheck({ pool: portal.pool, portalUrl: PORTAL_URL, sessionSecret }),
    helicone: options.isTurnedOff
      ? null
      : {
          urls: { web: options.webUrl ?? helicone.webUrl, api: helicone.jawnUrl, objects: helicone.objectsUrl },
          readAccount: () => account.current ?? account.absence,
        },
  });
  await new Promise<void>((resolve) => door.server.listen(port, "127.0.0.1", resolve));
  const listening = door.server.address() as AddressInfo; // on TCP

  return {
    url,
    ...{ portal, helicone, account, admin, owner },
    ask: (path, asking = {}) =>
      askDoor(`http://127.0.0.1:${listening.port}`, { path, url, cookie: admin.cookie, ...asking }),
    async close() {
      await door.close();
      await helicone.close();
      await portal.close();
    },
  };
}

/** An account for the door in a Helicone that has none of it yet. */
export function createAccount(helicone: HeliconeStandIn): ServiceAccount {
  const account = { email: `trinity-${randomUUID()}@stand-in.test`, password: randomUUID() };
  return { ...account, organisationId: helicone.createAccount(account).id };
}

type Asked = DoorAsking & { path: string; url: string };

async function askDoor(
  address: string,
  { path, url, method = "GET", cookie, headers, body }: Asked,
): Promise<DoorAnswer> {
  const isChange = !["GET", "HEAD"].includes(method);
  const response = await request(address + path, {
    method,
    body,
    headers: {
      ...(cookie == null ? {} : { cookie }),
      ...(isChange ? { origin: url } : {}),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
  });
  return { status: response.statusCode, headers: response.headers, text: await response.body.text() };
}
