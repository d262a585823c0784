/**
 * domain <- agents, ledger, people, helicone, telemetry <- limits <- platform.ts <- gateway, portal <- app
 *
 * Two composition roots: src/platform.ts builds the portal, src/gateway/main.ts the gateway. Each rule's comment
 * is the sentence for whoever broke it. src/testing/import-rules.test.ts plants a violation of every rule.
 */
const TESTS = ["\\.test\\.tsx?$", "^src/testing/"];
/** In effect for values; types may be named from anywhere. */
const VALUES_ONLY = { dependencyTypesNot: ["type-only"] };
const npm = (...packages) => `(^|/)node_modules/(${packages.join("|")})/`;
const root = (...names) => `^src/(${names.join("|")})\\.ts$`;

const PRISMA = ["^src/prisma-client\\.ts$", "^src/generated/", npm("@prisma/[^/]+", "prisma")];
const PORTAL_FRAMEWORKS = npm(
  "next",
  "next-auth",
  "react",
  "react-dom",
  "@tremor/[^/]+",
  "@tanstack/[^/]+",
  "@trpc/[^/]+",
  "@types/react(-dom)?",
  "radix-ui",
  "recharts",
  "lucide-react",
);

module.exports = {
  forbidden: [
    {
      name: "nothing-unresolved",
      comment: "An import that leads nowhere is checked by no rule. Correct its path, or install the package.",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-cycles",
      comment: "A cycle hides which file decides. Move what both need into a third file.",
      from: { path: "^(src|e2e|bench)/" },
      to: { circular: true },
    },
    {
      name: "domain-is-pure",
      comment:
        "The domain imports the domain, and dates of a time zone from @date-fns/tz: no other npm package, no node: module, no other folder. Pass the value in.",
      from: { path: "^src/domain/", pathNot: TESTS },
      to: { pathNot: ["^src/domain/", "^node_modules/@date-fns/tz/"] },
    },
    {
      name: "siblings-are-strangers",
      comment:
        "agents, ledger, people, helicone and telemetry see the domain, not each other. Let the composition root join them.",
      from: { path: "^src/(agents|ledger|people|helicone|telemetry)/", pathNot: TESTS },
      to: {
        path: "^src/",
        pathNot: [
          "^src/($1|domain)/",
          root("log", "db", "secret-token", "audit-store", "prisma-client", "process-table"),
          "^src/generated/",
        ],
      },
    },
    {
      name: "limits-read-the-ledger",
      comment: "limits see the ledger and the domain, and nothing below sees limits.",
      from: { path: "^src/limits/", pathNot: TESTS },
      to: {
        path: "^src/",
        pathNot: [
          "^src/(limits|ledger|domain)/",
          root("log", "db", "secret-token", "audit-store", "prisma-client"),
          "^src/generated/",
        ],
      },
    },
    {
      name: "signals-know-nobody",
      comment:
        "signals carries what a process tells of itself: it sees the domain and the log, and is given the rest as values.",
      from: { path: "^src/signals/", pathNot: TESTS },
      to: { path: "^src/", pathNot: ["^src/(signals|domain)/", root("log", "prisma-client"), "^src/generated/"] },
    },
    {
      name: "agent-server-stands-alone",
      comment:
        "The agent's server runs inside agents, as one file: it sees the domain, the log and the process table only.",
      from: { path: "^src/agent-server/", pathNot: TESTS },
      to: {
        path: "^src/",
        pathNot: ["^src/(agent-server|domain)/", root("log", "process-table")],
      },
    },
    {
      name: "gateway-stays-small",
      comment:
        "The gateway is built from domain, agents, ledger and limits. It knows no portal, no people, no supervisor.",
      from: { path: "^src/gateway/", pathNot: TESTS },
      to: {
        path: "^src/",
        pathNot: [
          "^src/(gateway|domain|agents|ledger|limits|helicone|telemetry|signals)/",
          root("log", "db", "config", "folder-lock", "secret-token", "prisma-client"),
          "^src/generated/",
        ],
      },
    },
    {
      name: "door-stays-small",
      comment:
        "Helicone's door is built from helicone, and tells sessions with the portal's own code: session.ts and cookies.ts. It knows nothing else.",
      from: { path: "^src/door/", pathNot: TESTS },
      to: {
        path: "^src/",
        pathNot: [
          "^src/(door|domain|helicone)/",
          "^src/portal/auth/(session|cookies)\\.ts$",
          root("log", "db", "config"),
        ],
      },
    },
    {
      name: "door-loads-no-prisma",
      comment: "The door speaks plain SQL: Prisma must not be reached from it, not even through another file.",
      from: { path: "^src/door/", pathNot: TESTS },
      to: { path: PRISMA, reachable: true },
    },
    {
      name: "gateway-loads-no-prisma",
      comment: "The gateway speaks plain SQL: Prisma must not be reached from it, not even through another file.",
      from: { path: "^src/gateway/", pathNot: TESTS },
      to: { path: PRISMA, reachable: true },
    },
    {
      name: "prisma-in-stores",
      comment: "Prisma is used in *-store.ts. Give the store a method that says what you need.",
      from: {
        path: "^src/",
        pathNot: [
          ...TESTS,
          "-store\\.ts$",
          root("platform", "helicone-platform", "people-platform", "reports-platform", "unroute"),
          "^src/prisma-client\\.ts$",
          "^src/generated/",
        ],
      },
      to: { path: PRISMA },
    },
    {
      name: "pools-in-roots",
      comment: "Connections are made where processes are put together, and passed on as a value.",
      from: {
        path: "^src/",
        pathNot: [...TESTS, "^src/(gateway|door)/main\\.ts$", "^src/platform\\.ts$", "^src/(supervisor|demo)/"],
      },
      to: { path: "^src/db\\.ts$", ...VALUES_ONLY },
    },
    {
      name: "settings-in-roots",
      comment: "Settings are read where processes are put together. Take the one value you need as a parameter.",
      from: {
        path: "^src/",
        pathNot: [
          ...TESTS,
          "^src/(gateway|door)/main\\.ts$",
          root("platform", "main", "unroute", "helicone-bootstrap"),
          "^src/(supervisor|demo)/",
        ],
      },
      to: { path: "^src/config\\.ts$", ...VALUES_ONLY },
    },
    {
      name: "portal-uses-the-platform",
      comment:
        "The portal reaches services through platform.ts. Types may be named from a service's folder, values not.",
      from: { path: "^src/portal/", pathNot: TESTS },
      to: {
        path: "^src/",
        pathNot: ["^src/(portal|domain)/", "^src/(platform|log|request-id)\\.ts$"],
        ...VALUES_ONLY,
      },
    },
    {
      name: "browser-code-imports-no-server",
      comment:
        "What runs in the browser imports values from the domain, portal/ui and portal/client only: no secret can slip in.",
      from: { path: "^src/portal/(ui|client)/", pathNot: TESTS },
      to: { path: "^src/", pathNot: "^src/(domain|portal/(ui|client))/", ...VALUES_ONLY },
    },
    {
      name: "browser-code-knows-no-node",
      comment: "There is no node: module in a browser.",
      from: { path: "^src/portal/(ui|client)/", pathNot: TESTS },
      to: { dependencyTypes: ["core"], ...VALUES_ONLY },
    },
    {
      name: "app-is-routes",
      comment: "A route file names a page or a handler of the portal, and nothing else.",
      from: { path: ["^src/app/", root("proxy", "instrumentation")], pathNot: TESTS },
      to: { path: "^src/", pathNot: ["^src/(app|portal)/", "^src/platform\\.ts$"] },
    },
    {
      name: "routes-are-leaves",
      comment: "Nobody imports a route file: move what you need into portal.",
      from: { path: "^src/", pathNot: ["^src/app/", ...TESTS] },
      to: { path: "^src/app/" },
    },
    {
      name: "platform-knows-no-door",
      comment: "Composition does not know who calls it: platform.ts and the files beside it import no door.",
      from: { path: "^src/[a-z-]+\\.ts$", pathNot: [root("main", "proxy", "instrumentation", "unroute")] },
      to: { path: "^src/(app|portal|gateway|door|supervisor)/" },
    },
    {
      name: "supervisor-stands-alone",
      comment: "The supervisor starts processes; it does not run in them. It sees the domain, config, log and db only.",
      from: { path: ["^src/supervisor/", root("main")], pathNot: TESTS },
      to: {
        path: "^src/",
        pathNot: ["^src/(supervisor|domain)/", root("config", "log", "db", "secret-token", "folder-lock")],
      },
    },
    {
      name: "nobody-knows-the-supervisor",
      comment: "The supervisor may be replaced by Docker Compose: no process may need its code.",
      from: { path: "^src/", pathNot: ["^src/(supervisor|testing)/", root("main", "unroute"), "\\.test\\.tsx?$"] },
      to: { path: "^src/supervisor/" },
    },
    {
      name: "nobody-knows-the-demo",
      comment: "The demo is a program of its own: it uses the product, the product does not know it.",
      from: { path: "^src/", pathNot: ["^src/demo/", ...TESTS] },
      to: { path: "^src/demo/" },
    },
    {
      name: "frameworks-stop-at-the-portal",
      comment: "React, Next and tRPC are details of the portal.",
      from: { path: "^src/", pathNot: [...TESTS, "^src/(app|portal)/", root("proxy", "instrumentation")] },
      to: { path: PORTAL_FRAMEWORKS },
    },
    {
      name: "docker-in-one-file",
      comment: "One file speaks to the Docker engine: agents/docker-engine.ts. Ask it for what you need.",
      from: { path: "^src/", pathNot: [...TESTS, "^src/agents/docker-engine\\.ts$"] },
      to: { path: "(^|/)node_modules/(@types/)?dockerode/" },
    },
    {
      name: "tests-are-leaves",
      comment: "What ships never imports test code, the scripted upstream or a bench.",
      from: { path: "^src/", pathNot: TESTS },
      to: { path: ["^src/testing/", "^(e2e|bench)/"] },
    },
    {
      name: "test-files-are-leaves",
      comment: "Nothing imports a test file. Move what two tests need into src/testing.",
      from: {},
      to: { path: "\\.(test|spec)\\.tsx?$" },
    },
    {
      name: "shipped-code-needs-shipped-packages",
      comment: "A development package is not there in production. Move it to dependencies.",
      from: { path: "^src/", pathNot: TESTS },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "packages-are-declared",
      comment: "A package that only others brought along may leave with them. Add it to package.json.",
      from: { path: "^(src|e2e|bench)/" },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
  ].map((rule) => ({ ...rule, severity: "error" })),
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: ["node_modules", "^src/generated/"] },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json", ".d.ts"],
    },
  },
};
