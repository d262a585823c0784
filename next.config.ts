import type { NextConfig } from "next";

/** For every answer. Pages get a content security policy with a nonce from src/proxy.ts instead of the one here. */
const SECURITY_HEADERS = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=(), usb=()" },
];

const NOTHING_RUNS = [
  {
    key: "Content-Security-Policy",
    value: "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  },
];

const config: NextConfig = {
  output: "standalone",
  // Without these, a lock file in a folder above would make Next take that folder for the project.
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  poweredByHeader: false,
  reactStrictMode: true,
  // Native code and worker files, which a bundle would break.
  serverExternalPackages: ["@node-rs/argon2", "dockerode", "pg", "pino", "prom-client"],
  // `npm run check` looks at the types of the whole program; a start need not wait for it again.
  typescript: { ignoreBuildErrors: true },
  async headers() {
    return [
      { source: "/:path*", headers: SECURITY_HEADERS },
      { source: "/api/:path*", headers: NOTHING_RUNS },
    ];
  },
};

export default config;
