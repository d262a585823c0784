import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { expect, it } from "vitest";

import { writeCredentials } from "#helicone/credentials.ts";
import { appRouter } from "#portal/api/routers/app-router.ts";
import { createCallerFactory } from "#portal/api/trpc.ts";
import { createTestPortal } from "#testing/portal.ts";

it("agents can be sent straight to Helicone as soon as its set-up has left a key for them", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "credentials-"));
  const portal = await createTestPortal(undefined, {
    settings: { HELICONE_ENABLED: "true", HELICONE_URL: "http://helicone.test", HELICONE_CREDENTIALS_DIR: folder },
  });
  const { context } = await portal.addPerson("Ada", "admin");
  const places = () => createCallerFactory(appRouter)(context).agents.places();
  expect((await places()).hasHelicone).toBe(false);
  await writeCredentials(folder, { gateway: { writeKey: "pk-w", logKey: "sk-log" } });
  await sleep(1_100); // a file that was not there is looked for again
  expect((await places()).hasHelicone).toBe(true);
  await portal.close();
  await rm(folder, { recursive: true });
});
