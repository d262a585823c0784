import { makeKey, type Organization } from "./accounts.ts";
import { type Faults, NO_FAULTS } from "./faults.ts";
import { answerJawn } from "./jawn.ts";
import type { LoggedRow } from "./logged-rows.ts";
import { apiViolations, webViolations } from "./request-shapes.ts";
import { answerObjects } from "./signed-objects.ts";
import { type StandInServer, startStandInServer } from "./stand-in-server.ts";
import { createState, type ReceivedRequest, type StandInSettings, type StandInState } from "./stand-in-state.ts";
import { answerWeb, type WebMemory } from "./web.ts";
import { acceptWebSocket } from "./web-socket.ts";

export type HeliconeStandInOptions = StandInSettings & {
  /** Default 127.0.0.1. */
  host?: string;
  /** 0, the default of each: any free port. */
  ports?: { jawn?: number; web?: number; objects?: number };
  faults?: Partial<Faults>;
};

export type HeliconeStandIn = {
  jawnUrl: string;
  webUrl: string;
  objectsUrl: string;
  /** Every request so far, oldest first. */
  received: ReceivedRequest[];
  /** Every logged row, those that no query sees yet included. */
  rows: LoggedRow[];
  /** What came otherwise than recorded, a line each. A test of what we send expects none. */
  violations: () => string[];
  /** Changes some faults; "down" closes the port and cuts what is open. */
  setFaults: (faults: Partial<Faults>) => Promise<void>;
  /** A key of an account that nobody signed up for, e.g. "w" or "rw". */
  createKey: (permissions: string) => string;
  /** An account, as if somebody had signed up. */
  createAccount: (account: { email: string; password: string }) => Organization;
  /** Forgets requests, rows, accounts and faults. */
  reset: () => Promise<void>;
  close: () => Promise<void>;
};

/** Starts a stand-in for Helicone: its API with the proxy, its web application and its object store. */
export async function startHeliconeStandIn(options: HeliconeStandInOptions): Promise<HeliconeStandIn> {
  const state = createState(options);
  const servers = await startServers(state, options);
  const { jawn, web, objects } = servers;
  state.settings.objectsPublicUrl ??= objects.url;
  const accounts = createSeeds(state);
  const setFaults = async (faults: Partial<Faults>): Promise<void> => {
    state.faults = { ...state.faults, ...faults };
    await Promise.all([
      jawn.apply(state.faults.jawn),
      web.apply(state.faults.web),
      objects.apply(state.faults.objects),
    ]);
  };
  await setFaults(options.faults ?? {});
  return {
    jawnUrl: jawn.url,
    webUrl: web.url,
    objectsUrl: objects.url,
    received: state.received,
    rows: state.rows.all,
    violations: () =>
      state.received.flatMap(({ method, path, violations }) => violations.map((line) => `${method} ${path}: ${line}`)),
    setFaults,
    ...accounts,
    async reset() {
      for (const list of [state.received, state.rows.all, state.filters]) list.length = 0;
      state.objects.clear();
      state.accounts.clear();
      await setFaults({ ...NO_FAULTS, ...options.faults });
    },
    close: async () => {
      await Promise.all([jawn.close(), web.close(), objects.close()]);
    },
  };
}

async function startServers(
  state: StandInState,
  options: HeliconeStandInOptions,
): Promise<Record<"jawn" | "web" | "objects", StandInServer>> {
  const common = { state, host: options.host ?? "127.0.0.1" };
  const memory: WebMemory = { pinnedOrigin: null, signIns: new Map() };
  const jawn = await startStandInServer({
    ...common,
    name: "jawn",
    port: options.ports?.jawn ?? 0,
    answer: (exchange) => answerJawn(state, exchange),
    violations: apiViolations,
  });
  const web = await startStandInServer({
    ...common,
    name: "web",
    port: options.ports?.web ?? 0,
    answer: (exchange) => answerWeb(state, memory, exchange),
    violations: webViolations,
    upgrade: acceptWebSocket,
  });
  const objects = await startStandInServer({
    ...common,
    name: "objects",
    port: options.ports?.objects ?? 0,
    answer: (exchange) => answerObjects(state, exchange),
    violations: () => [],
  });
  return { jawn, web, objects };
}

const SEEDED = { email: "seeded@stand-in.test", password: "seeded-password" };

function createSeeds({ accounts }: StandInState): Pick<HeliconeStandIn, "createAccount" | "createKey"> {
  const createAccount: HeliconeStandIn["createAccount"] = ({ email, password }) => {
    const user = accounts.signUp({ name: "Seeded", email, password });
    if (user === null) throw new Error(`there is an account ${email} already`);
    return mainOrganizationOf(user.authUserId);
  };
  const mainOrganizationOf = (owner: string): Organization => {
    const main = accounts.organizations.find((one) => one.isMain && one.owner === owner);
    if (main === undefined) throw new Error("an account has a main organisation");
    return main;
  };
  return {
    createAccount,
    createKey(permissions) {
      const user = accounts.users.find((one) => one.email === SEEDED.email);
      const organization = user === undefined ? createAccount(SEEDED) : mainOrganizationOf(user.authUserId);
      const value = makeKey(permissions === "w" ? "pk-helicone" : "sk-helicone");
      accounts.addKey({ value, name: "seeded", permissions, organization });
      return value;
    },
  };
}
