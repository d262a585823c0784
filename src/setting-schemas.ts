import { z } from "zod";

/** The kinds of values that settings have. Each says what is wrong with a value as the end of a sentence, and never repeats it. */
const WHOLE = "has to be a whole number";
export const wholeNumber = (min: number, max: number) =>
  z.coerce
    .number({ error: WHOLE })
    .int(WHOLE)
    .min(min, `has to be at least ${min}`)
    .max(max, `has to be at most ${max}`);
export const port = wholeNumber(1, 65_535);
export const milliseconds = wholeNumber(10, 3_600_000);
export const yesOrNo = z.enum(["true", "false", "1", "0"], { error: "has to be true or false" });
export const otlpProtocol = z.enum(["http/protobuf", "http/json", "grpc"], {
  error: "has to be http/protobuf, http/json or grpc",
});
export const heliconeMode = z.enum(["log", "proxy"], { error: "has to be log or proxy" });
const KEY = "has to be a key: visible characters without spaces, at least 8";
/** A credential that is sent in a header. */
export const writtenKey = z.string().regex(/^[!-~]{8,}$/, KEY);
export const domainName = z
  .string()
  .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i, "has to be a domain of at least two parts, without a dot at its start");
/** Agents of the newest Trinity may work on one message for two hours. */
export const turnMilliseconds = wholeNumber(1_000, 7_260_000);
export const httpUrl = z
  .url({ protocol: /^https?$/, error: "has to be an http or https address" })
  .transform((url) => url.replace(/\/+$/, ""));
export const upstreamUrl = httpUrl.refine(
  (url) => !/\/v1$/.test(url),
  "is the address without /v1, which every call brings along",
);
export const dockerHost = z.url({ protocol: /^(unix|tcp|https?)$/, error: "has to be a unix, tcp or http address" });
export const secret = z.string().min(32, "has to have at least 32 characters");
export const smtpUrl = z.url({ protocol: /^smtps?$/, error: "has to be an smtp:// or smtps:// address" });
export const mailSender = z
  .string()
  .regex(/^(?:[^<>@\r\n]+<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/, "has to be an e-mail address");
const NETWORK = "has to be addresses or networks with commas between them";
export const networks = z.preprocess(
  (text) => (typeof text === "string" ? text.split(",").map((part) => part.trim()) : text),
  z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], { error: NETWORK })),
);
export const nodeArguments = z.preprocess(fromJson, z.array(z.string()).min(1));
export const databaseUrl = z.url({ protocol: /^postgres(ql)?$/, error: "has to be a postgresql:// address" });

function fromJson(text: unknown): unknown {
  try {
    return typeof text === "string" ? JSON.parse(text) : text;
  } catch {
    return text; // which is no array, and says so
  }
}
