/**
 * Where an agent's calls are in Helicone's pages. Its own page there and no saved filter: Helicone keeps the last filter for
 * every later visit.
 */
export function agentAddress(dashboardUrl: string, agentName: string): string {
  return new URL(`/users/${encodeURIComponent(agentName)}`, dashboardUrl).href;
}

/** Where one request is in Helicone's pages. `requestId`: a UUID, as Helicone was given it. */
export function requestAddress(dashboardUrl: string, requestId: string): string {
  const address = new URL("/requests", dashboardUrl);
  address.searchParams.set("requestId", requestId);
  return address.href;
}

/** Helicone's first page. */
export function startAddress(dashboardUrl: string): string {
  return new URL("/dashboard", dashboardUrl).href;
}
