// biome-ignore lint/style/noProcessEnv: Next puts the value in when it builds; it is no setting
const IS_DEVELOPMENT = process.env.NODE_ENV === "development";

/**
 * What a page of the portal may load: its own files, and scripts that carry the nonce of this very answer.
 * Styles may stand in attributes, where the charts put them. Nobody may frame the page; it may frame Helicone's pages, if
 * there are any, and ask whether they are there.
 */
export function contentSecurityPolicy(nonce: string, dashboardUrl: string | null): string {
  const dashboard = dashboardUrl === null ? null : new URL(dashboardUrl).origin;
  return [
    "default-src 'self'",
    // In development React rebuilds the server's stack traces with eval.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${IS_DEVELOPMENT ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src 'self'${dashboard === null ? "" : ` ${dashboard}`}`,
    `frame-src ${dashboard ?? "'none'"}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
