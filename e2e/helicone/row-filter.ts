import { toObject } from "../anthropic/json.ts";
import type { LoggedRow } from "./logged-rows.ts";

const COLUMNS: Record<string, (row: LoggedRow) => string | number> = {
  request_id: (row) => row.requestId,
  request_created_at: (row) => Date.parse(row.requestCreatedAt),
  user_id: (row) => row.userId,
  model: (row) => row.model,
  status: (row) => row.status,
};

/**
 * Whether a row passes a filter tree of the API. Keys of properties are case-sensitive, as in ClickHouse. Throws an
 * Error for a column or operator that it does not know: a typo must not look like "everything".
 */
export function matchesFilter(row: LoggedRow, filter: unknown): boolean {
  if (filter === undefined || filter === "all") return true;
  const node = toObject(filter);
  if (node.operator !== undefined) {
    const [left, right] = [matchesFilter(row, node.left), matchesFilter(row, node.right)];
    return node.operator === "or" ? left || right : left && right;
  }
  const leaf = toObject(node.request_response_rmt);
  const columns = Object.entries(leaf);
  if (columns.length === 0) throw new Error("the filter names no column of request_response_rmt");
  return columns.every(([column, condition]) =>
    column === "properties"
      ? Object.entries(toObject(condition)).every(([key, operators]) => passes(row.properties[key] ?? "", operators))
      : passes(columnOf(row, column), operators(column, condition)),
  );
}

function columnOf(row: LoggedRow, column: string): string | number {
  const read = COLUMNS[column];
  if (read === undefined) throw new Error(`the stand-in filters no column "${column}"`);
  return read(row);
}

/** Instants are compared as instants. */
function operators(column: string, condition: unknown): unknown {
  if (column !== "request_created_at") return condition;
  const entries = Object.entries(toObject(condition)).map(([name, value]) => [name, Date.parse(String(value))]);
  return Object.fromEntries(entries);
}

function passes(value: string | number, condition: unknown): boolean {
  return Object.entries(toObject(condition)).every(([operator, wanted]) => compare(value, operator, wanted));
}

function compare(value: string | number, operator: string, wanted: unknown): boolean {
  const isNumber = typeof value === "number";
  const other = isNumber ? Number(wanted) : String(wanted);
  switch (operator) {
    case "equals":
      return value === other;
    case "not-equals":
      return value !== other;
    case "gte":
      return value >= other;
    case "gt":
      return value > other;
    case "lte":
      return value <= other;
    case "lt":
      return value < other;
    default:
      throw new Error(`the stand-in knows no operator "${operator}"`);
  }
}
