import type { Server } from "node:http";

import type pg from "pg";
import { z } from "zod";

import type { Log } from "#log.ts";

/** A server for agents, and what ends its connections that are not in use. */
export type Door = { server: Server; closeUnused: () => void };

export type BridgeDoors = {
  /** Those that are open beside the main one. */
  doors(): readonly Door[];
  /** Opens no more. Those that are open are closed by whoever closes the main one. */
  stop(): void;
};

type BridgeDoorParts = { pool: pg.Pool; log: Log; port: number; createDoor: () => Door };

const ADDRESSES = "SELECT value FROM settings WHERE key = 'gateway_listen_addresses'";
const LOOK_EVERY_MS = 2_000;
const addressList = z.array(z.ipv4());

/**
 * Listens on further addresses, the same port: those of the networks on which agents in containers are, as the portal
 * writes them down. An address that is not there yet, or is covered by the main door, is tried again quietly.
 */
export function openBridgeDoors({ pool, log, port, createDoor }: BridgeDoorParts): BridgeDoors {
  const open = new Map<string, Door>();
  const look = async () => {
    const { rows } = await pool.query<{ value: unknown }>(ADDRESSES);
    for (const address of addressList.safeParse(rows[0]?.value).data ?? []) {
      if (!open.has(address)) await openDoor(address);
    }
  };
  const openDoor = async (address: string) => {
    const door = createDoor();
    const { server } = door;
    const isOpen = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, address, () => resolve(true));
    });
    if (!isOpen) return;
    server.on("error", (error) => log.warn({ err: error, address }, "A door for agents in containers failed"));
    open.set(address, door);
    log.info({ address, port }, "The gateway also listens for agents in containers");
  };
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    look()
      .catch((error: unknown) => log.debug({ err: error }, "Further addresses could not be read"))
      .finally(() => {
        isLooking = false;
      });
  }, LOOK_EVERY_MS);
  timer.unref();
  return { doors: () => [...open.values()], stop: () => clearInterval(timer) };
}
