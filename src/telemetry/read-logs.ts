import { hash } from "node:crypto";

import { z } from "zod";

import { type Attributes, attributesShape, identityOf, toAttributes } from "#telemetry/attributes.ts";
import { type Amount, decisionOf, detailOf } from "#telemetry/measures.ts";
import { toUnits } from "#telemetry/read-metrics.ts";
import { countedAt, MalformedExport, type Report, type ReportedEvent, rejectionOf, toNano } from "#telemetry/report.ts";

const instant = z.union([z.number(), z.string()]).nullish();
const recordShape = z.object({
  timeUnixNano: instant,
  observedTimeUnixNano: instant,
  body: z.object({ stringValue: z.string().optional() }).nullish(),
  eventName: z.string().nullish(),
  attributes: attributesShape,
});
const requestShape = z.object({
  resourceLogs: z
    .array(
      z.object({
        resource: z.object({ attributes: attributesShape }).nullish(),
        scopeLogs: z.array(z.object({ logRecords: z.array(recordShape).nullish() })).nullish(),
      }),
    )
    .nullish(),
});
type LogRecord = z.output<typeof recordShape>;

const NANO = 1_000_000_000;
const PREFIX = /^claude_code\./;
/** As the ledger's own ids look to agents. */
const OWN_REQUEST_ID = /^req_([0-9a-f]{8})([0-9a-f]{4})(7[0-9a-f]{3})([89ab][0-9a-f]{3})([0-9a-f]{12})$/;

/**
 * What an export of events comes to. Texts (prompts, commands, errors) are not kept. Events that are not counted are passed over.
 * `now`: when it arrived. Pure.
 * @throws MalformedExport
 */
export function readLogs(request: unknown, now: Date): Report {
  const parsed = requestShape.safeParse(request);
  if (!parsed.success) throw new MalformedExport();
  const read = (parsed.data.resourceLogs ?? []).flatMap(({ resource, scopeLogs }) =>
    (scopeLogs ?? [])
      .flatMap((scope) => scope.logRecords ?? [])
      .map((record) => toEvent(record, toAttributes(resource?.attributes, record.attributes), now)),
  );
  const rejected = read.filter((event) => typeof event === "string");
  const events = read.filter((event) => event !== null && typeof event !== "string");
  return { points: [], events, rejected: rejectionOf(rejected) };
}

/** Null: it is not counted. A text: why it cannot be. */
function toEvent(record: LogRecord, attributes: Attributes, now: Date): ReportedEvent | string | null {
  const full = attributes.get("event.name") ?? record.eventName ?? record.body?.stringValue ?? "";
  const name = full.replace(PREFIX, "");
  const cost = name === "api_request" ? toUnits(attributes.get("cost_usd"), NANO) : null;
  const amounts = amountsOf(name, attributes, cost);
  if (amounts.length === 0) return null;
  if (name === "api_request" && attributes.has("cost_usd") && cost === null)
    return "An api_request has a cost that is none.";
  const time = [record.timeUnixNano, record.observedTimeUnixNano]
    .map(toNano)
    .find((nano) => nano !== null && nano > 0n);
  if (time === undefined || time === null) return `An ${name} does not say when it happened.`;
  const at = countedAt(time, now);
  if (typeof at === "string") return `${name}: ${at}`;
  const event = hash("sha256", `${name}\n${time}\n${identityOf(attributes)}`).slice(0, 32);
  const model = name === "api_request" ? detailOf(attributes.get("model")) : null;
  return { event, name, at, model, cost, callId: callIdOf(attributes.get("request_id")), amounts };
}

function amountsOf(name: string, attributes: Attributes, cost: bigint | null): Amount[] {
  const one = (measure: string, detail = ""): Amount => ({ measure, detail, amount: 1n });
  const tool = detailOf(attributes.get("tool_name"));
  switch (name) {
    case "api_request": {
      const model = detailOf(attributes.get("model"));
      return [one("api_requests", model), { measure: "event_cost", detail: model, amount: cost ?? 0n }];
    }
    case "api_error":
      return [one("api_errors", detailOf(attributes.get("status_code")))];
    case "tool_result":
      return [one("tool_uses", tool), ...(attributes.get("success") === "false" ? [one("tool_failures", tool)] : [])];
    case "tool_decision":
      return [one("tool_decisions", decisionOf(attributes))];
    case "user_prompt":
      return [one("prompts")];
    default:
      return [];
  }
}

function callIdOf(requestId: string | undefined): string | null {
  return (
    OWN_REQUEST_ID.exec(requestId ?? "")
      ?.slice(1)
      .join("-") ?? null
  );
}
