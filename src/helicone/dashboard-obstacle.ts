import { type CredentialSources, readDashboardAccount } from "#helicone/credentials.ts";
import { obstacleToSession } from "#helicone/shared-session.ts";

/** What to do where Helicone's keys were given by hand. */
export const NO_ACCOUNT =
  "Its keys were given by hand (HELICONE_API_KEY), and nobody signs in to Helicone with a key. Run " +
  "`npm run helicone:bootstrap -- --email ADDRESS --password-file FILE` with an account of the organisation that the keys are of: " +
  "the dashboard then opens by itself, and the keys stay as they are.";

type DashboardSettings = CredentialSources & { door: { url: string; cookieDomain: string | undefined } };

/** Why admins cannot see Helicone's pages as the settings are, in sentences for whoever makes them; null: nothing that is known. */
export function dashboardObstacle(helicone: DashboardSettings, portalUrl: string): string | null {
  const { url: doorUrl, cookieDomain } = helicone.door;
  const obstacle = obstacleToSession({ portalUrl, doorUrl, cookieDomain });
  if (obstacle !== null) return obstacle;
  return readDashboardAccount(helicone) === "no_account" ? NO_ACCOUNT : null;
}
