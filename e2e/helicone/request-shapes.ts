import { z } from "zod";

import { KEY_FORM } from "./accounts.ts";
import type { Exchange } from "./exchange.ts";

const instant = z.iso.datetime({ offset: true });
const timeFilter = z.strictObject({ start: instant, end: instant });
const condition = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const leaf = z.strictObject({
  request_response_rmt: z.record(z.string(), z.union([condition, z.record(z.string(), condition)])),
});
type FilterNode = z.infer<typeof leaf> | "all" | { operator: "and" | "or"; left: FilterNode; right: FilterNode };
const filterNode: z.ZodType<FilterNode> = z.lazy(() =>
  z.union([
    z.literal("all"),
    leaf,
    z.strictObject({ operator: z.enum(["and", "or"]), left: filterNode, right: filterNode }),
  ]),
);
const moment = z.strictObject({ seconds: z.int(), milliseconds: z.int() });

/** The bodies of the API, by method and path, as recorded. A field more is refused by the real one. */
const API_BODIES: readonly { route: RegExp; shape: z.ZodType }[] = [
  {
    route: /^POST \/v1\/trace\/custom\/v1\/log$/,
    shape: z.strictObject({
      provider: z.literal("ANTHROPIC"),
      providerRequest: z.strictObject({
        url: z.url(),
        json: z.looseObject({ model: z.string() }),
        meta: z.record(z.string(), z.string()),
      }),
      providerResponse: z.strictObject({
        json: z.looseObject({}),
        textBody: z.string().optional(),
        status: z.int(),
        headers: z.record(z.string(), z.string()),
      }),
      timing: z.strictObject({ startTime: moment, endTime: moment, timeToFirstToken: z.number().optional() }),
    }),
  },
  {
    route: /^POST \/v1\/request\/query-clickhouse$/,
    shape: z.strictObject({
      filter: filterNode,
      offset: z.int().min(0).optional(),
      limit: z.int().min(1).max(1_000).optional(),
      sort: z.strictObject({ created_at: z.enum(["asc", "desc"]) }).optional(),
    }),
  },
  {
    route: /^POST \/v1\/pi\/costs-over-time\/query$/,
    shape: z.strictObject({
      userFilter: filterNode,
      timeFilter,
      dbIncrement: z.enum(["min", "hour", "day", "week", "month", "year"]),
      timeZoneDifference: z.number(),
    }),
  },
  { route: /^POST \/v1\/property\/[^/]+\/top-costs\/query$/, shape: z.strictObject({ timeFilter }) },
  { route: /^POST \/v1\/property\/query$/, shape: z.strictObject({}) },
  { route: /^POST \/v1\/property\/[^/]+\/search$/, shape: z.strictObject({ searchTerm: z.string() }) },
  {
    route: /^POST \/v1\/user\/metrics\/query$/,
    shape: z.strictObject({
      filter: z.unknown(),
      offset: z.int(),
      limit: z.int(),
      timeFilter: z.strictObject({ startTimeUnixSeconds: z.int(), endTimeUnixSeconds: z.int() }).optional(),
    }),
  },
  {
    route: /^POST \/v1\/key\/generateHash$/,
    shape: z.strictObject({
      apiKey: z.string(),
      governance: z.boolean(),
      keyName: z.string(),
      permissions: z.enum(["r", "w", "rw"]),
    }),
  },
  {
    route: /^POST \/v1\/api-keys$/,
    shape: z.strictObject({ api_key_name: z.string(), key_permissions: z.enum(["r", "w", "rw"]) }),
  },
  { route: /^POST \/v1\/organization\/[^/]+\/update$/, shape: z.strictObject({ name: z.string() }) },
  { route: /^POST \/v1\/filter$/, shape: z.strictObject({ name: z.string().optional(), filter: z.looseObject({}) }) },
  { route: /^POST \/v1\/helicone-sql\/execute$/, shape: z.strictObject({ sql: z.string() }) },
];

const WEB_BODIES: readonly { route: RegExp; shape: z.ZodType }[] = [
  {
    route: /^POST \/api\/auth\/sign-up\/email$/,
    shape: z.strictObject({ name: z.string(), email: z.email(), password: z.string().min(8) }),
  },
  { route: /^POST \/api\/auth\/sign-in\/email$/, shape: z.strictObject({ email: z.email(), password: z.string() }) },
];

/** What is wrong with the body of an API call, or null. */
export function apiBodyProblem(exchange: Exchange): string | null {
  return bodyProblem(API_BODIES, exchange);
}

/** What is not as recorded in a request to the API or its proxy, a line each. */
export function apiViolations(exchange: Exchange): string[] {
  const { path, headers } = exchange;
  if (path.startsWith("/v1/gateway/")) return gatewayViolations(exchange);
  const problems = [apiBodyProblem(exchange)];
  if (path === "/v1/trace/custom/v1/log") problems.push(...metaViolations(exchange));
  if (headers.authorization !== undefined && headers.cookie !== undefined) {
    problems.push("a key and a cookie in one request: the key wins, and the session is not asked");
  }
  if (/^\/v1\/v1\//.test(path)) problems.push("/v1/v1/: the base address has no /v1");
  return problems.filter((problem) => problem !== null);
}

/** What is not as recorded in a request to the web application, a line each. */
export function webViolations(exchange: Exchange): string[] {
  const problems = [bodyProblem(WEB_BODIES, exchange)];
  if (/^\/api\/auth\/sign-(in|up)\//.test(exchange.path) && exchange.headers.cookie !== undefined) {
    problems.push("a cookie at sign-in: better-auth then checks the origin");
  }
  return problems.filter((problem) => problem !== null);
}

const GATEWAY_HEADERS = /^helicone-(auth|user-id|request-id|session-(id|path|name)|property-[a-z0-9-]+)$/;

/** A question without any key, to learn whether the way works: it is passed on, refused there, and not logged. */
function isProbe({ method, path, headers }: Exchange): boolean {
  const known = ["helicone-auth", "x-api-key", "authorization"].filter((name) => headers[name] !== undefined);
  return method === "POST" && path.endsWith("/v1/messages/count_tokens") && known.length === 0;
}

function gatewayViolations(exchange: Exchange): string[] {
  if (isProbe(exchange)) return [];
  const { method, path, headers, json } = exchange;
  const problems: string[] = [];
  if (method !== "POST") problems.push(`${method} is not proxied`);
  if (!/^\/v1\/gateway\/anthropic\/v1\//.test(path)) problems.push(`no such provider or path: ${path}`);
  if (path.endsWith("/count_tokens")) problems.push("count_tokens is logged as a request of no tokens: call it direct");
  if (json === undefined) problems.push("the body is not JSON");
  if (!KEY_FORM.test(headers["helicone-auth"]?.replace(/^Bearer /, "") ?? "")) {
    problems.push("Helicone-Auth is not one key of four groups of seven");
  }
  if ((headers["accept-encoding"] ?? "identity") !== "identity") problems.push("accept-encoding is not identity");
  for (const name of Object.keys(headers).filter((one) => one.startsWith("helicone-"))) {
    if (!GATEWAY_HEADERS.test(name)) problems.push(`${name} is none of the headers that are set`);
  }
  if (headers.cookie !== undefined) problems.push("a cookie in a call of an agent");
  return [...problems, ...requestIdProblems(headers["helicone-request-id"])];
}

function metaViolations({ json }: Exchange): string[] {
  const parsed = z
    .looseObject({ providerRequest: z.looseObject({ meta: z.record(z.string(), z.string()) }) })
    .safeParse(json);
  if (!parsed.success) return []; // said by the body's shape
  const names = Object.entries(parsed.data.providerRequest.meta).map(([name, value]) => [name.toLowerCase(), value]);
  const unknown = names.filter(([name = ""]) => !GATEWAY_HEADERS.test(name)).map(([name]) => `meta has "${name}"`);
  return [...unknown, ...requestIdProblems(Object.fromEntries(names)["helicone-request-id"])];
}

function requestIdProblems(id: string | undefined): string[] {
  return z.guid().safeParse(id).success ? [] : ["Helicone-Request-Id is missing or no UUID"];
}

function bodyProblem(shapes: typeof API_BODIES, { method, path, json }: Exchange): string | null {
  const shape = shapes.find(({ route }) => route.test(`${method} ${path}`))?.shape;
  const parsed = shape?.safeParse(json);
  return parsed === undefined || parsed.success ? null : `${method} ${path}: ${z.prettifyError(parsed.error)}`;
}
