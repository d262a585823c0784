import { admitToPage } from "#portal/auth/page-access.ts";
import { StoppedPage } from "#portal/ui/stopped/stopped-page.tsx";

/** `/stopped` */
export async function StoppedRoute() {
  await admitToPage("/stopped");
  return <StoppedPage />;
}
