import protobuf from "protobufjs";

/** The part of OTLP's own definitions (opentelemetry-proto 1.x) that Claude Code's metrics and events need; the rest is passed over. */
const DEFINITIONS = `
syntax = "proto3";
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
message KeyValue { string key = 1; AnyValue value = 2; }
message Resource { repeated KeyValue attributes = 1; }
message NumberDataPoint {
  fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; double as_double = 4; sfixed64 as_int = 6;
  repeated KeyValue attributes = 7; uint32 flags = 8;
}
message Sum { repeated NumberDataPoint data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
message Gauge { repeated NumberDataPoint data_points = 1; }
message Metric { string name = 1; Gauge gauge = 5; Sum sum = 7; }
message ScopeMetrics { repeated Metric metrics = 2; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
message ExportMetricsServiceRequest { repeated ResourceMetrics resource_metrics = 1; }
message LogRecord {
  fixed64 time_unix_nano = 1; AnyValue body = 5; repeated KeyValue attributes = 6; fixed64 observed_time_unix_nano = 11;
  string event_name = 12;
}
message ScopeLogs { repeated LogRecord log_records = 2; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
message ExportLogsServiceRequest { repeated ResourceLogs resource_logs = 1; }
message PartialMetrics { int64 rejected_data_points = 1; string error_message = 2; }
message ExportMetricsServiceResponse { PartialMetrics partial_success = 1; }
message PartialLogs { int64 rejected_log_records = 1; string error_message = 2; }
message ExportLogsServiceResponse { PartialLogs partial_success = 1; }
message Status { int32 code = 1; string message = 2; }
`;

const { root } = protobuf.parse(DEFINITIONS);

export type OtlpSignal = "metrics" | "logs";
export type OtlpEncoding = "json" | "protobuf";

const REQUESTS = {
  metrics: root.lookupType("ExportMetricsServiceRequest"),
  logs: root.lookupType("ExportLogsServiceRequest"),
};
const RESPONSES = {
  metrics: root.lookupType("ExportMetricsServiceResponse"),
  logs: root.lookupType("ExportLogsServiceResponse"),
};
const STATUS = root.lookupType("Status");
const REJECTED = { metrics: "rejectedDataPoints", logs: "rejectedLogRecords" } as const;

/**
 * The request as OTLP's JSON names its fields; whole numbers of 64 bits are texts.
 * @throws Error for bytes that are not of this encoding
 */
export function decodeRequest(signal: OtlpSignal, encoding: OtlpEncoding, body: Buffer): unknown {
  if (encoding === "json") return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  const type = REQUESTS[signal];
  return type.toObject(type.decode(body), { longs: String, enums: Number, arrays: true });
}

/** The answer to an export that was kept: whole, or with what was not taken of it and why. */
export function encodeSuccess(
  signal: OtlpSignal,
  encoding: OtlpEncoding,
  rejected: { count: number; reason: string } | null,
): Buffer {
  const partial =
    rejected === null ? {} : { partialSuccess: { [REJECTED[signal]]: rejected.count, errorMessage: rejected.reason } };
  if (encoding === "json") return Buffer.from(JSON.stringify(partial));
  return Buffer.from(RESPONSES[signal].encode(RESPONSES[signal].fromObject(partial)).finish());
}

/** google.rpc.Status, which every refusal carries. `code` is one of gRPC's. */
export function encodeStatus(encoding: OtlpEncoding, status: { code: number; message: string }): Buffer {
  if (encoding === "json") return Buffer.from(JSON.stringify(status));
  return Buffer.from(STATUS.encode(STATUS.fromObject(status)).finish());
}
