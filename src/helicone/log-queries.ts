import { DomainError } from "#domain/errors.ts";
import type { HeliconeClient, HeliconeFilter } from "#helicone/helicone-client.ts";

/** What Helicone can be asked about the calls it was told of. */
export type LogQueries = {
  /** What keeps it from storing anything at present, as a sentence; null: nothing that it knows of. */
  problem(): Promise<string | null>;
  /**
   * Which of the calls it has, by their ids.
   * @throws DomainError unavailable when it does not say, or cannot be believed
   */
  find(ids: readonly string[]): Promise<ReadonlySet<string>>;
};

const HOUR_MS = 60 * 60 * 1000;
/** Of one query: its filter is a tree, nested once for each. */
const IDS_PER_QUERY = 25;

type Client = Pick<HeliconeClient, "costsOverTime" | "queryRows">;

/** The key of the client has to be one that may read. */
export function createLogQueries(client: Client): LogQueries {
  /** The one question that does not hide a dead ClickHouse, nor a dead PostgreSQL. */
  const requireHealth = async () => {
    const end = new Date();
    await client.costsOverTime("all", { start: new Date(end.getTime() - HOUR_MS), end }, "hour");
  };
  const findSome = async (ids: readonly string[]) => {
    const rows = await client.queryRows(anyOf(ids), { offset: 0, limit: ids.length * 2 });
    return rows.map((row) => row.requestId);
  };
  return {
    async problem() {
      try {
        await requireHealth();
        return null;
      } catch (error) {
        if (error instanceof DomainError) return error.message;
        throw error;
      }
    },
    async find(ids) {
      const found = new Set<string>();
      await requireHealth();
      for (let at = 0; at < ids.length; at += IDS_PER_QUERY) {
        for (const id of await findSome(ids.slice(at, at + IDS_PER_QUERY))) found.add(id);
      }
      // Without ClickHouse the answer is "nothing" as well, so it has to be in order on both sides of it.
      if (found.size < ids.length) await requireHealth();
      return found;
    },
  };
}

function anyOf(ids: readonly string[]): HeliconeFilter {
  const leaves = ids.map((id): HeliconeFilter => ({ request_response_rmt: { request_id: { equals: id } } }));
  return leaves.reduce((left, right) => ({ operator: "or", left, right }));
}
