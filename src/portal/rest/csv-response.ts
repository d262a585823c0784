import { type CsvValue, csvLine } from "#domain/csv.ts";
import type { Log } from "#log.ts";

type CsvFile = {
  name: string;
  head: readonly string[];
  /** Gives the next lines, and null after the last ones. */
  next: () => Promise<readonly (readonly CsvValue[])[] | null>;
  log: Log;
};

/** A table that is written as it is read, so that any length fits; where reading fails in the middle, the download fails too. */
export function csvResponse({ name, head, next, log }: CsvFile): Response {
  const bytes = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(bytes.encode(csvLine(head))),
    async pull(controller) {
      try {
        const lines = await next();
        if (lines === null) controller.close();
        else controller.enqueue(bytes.encode(lines.map(csvLine).join("")));
      } catch (error) {
        log.error({ err: error, name }, "an export broke off");
        controller.error(error);
      }
    },
  });
  return new Response(body, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}
