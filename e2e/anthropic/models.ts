const MODELS = [
  ["claude-opus-5-5", "Claude Opus 5.5", "2026-09-24T00:00:00Z"],
  ["claude-sonnet-5-5", "Claude Sonnet 5.5", "2026-10-07T00:00:00Z"],
  ["claude-haiku-5-5", "Claude Haiku 5.5", "2026-10-07T00:00:00Z"],
  ["claude-fable-5-2", "Claude Fable 5.2", "2026-10-29T00:00:00Z"],
  ["claude-opus-5", "Claude Opus 5", "2026-05-20T00:00:00Z"],
  ["claude-sonnet-5", "Claude Sonnet 5", "2026-05-20T00:00:00Z"],
  ["claude-opus-4-8", "Claude Opus 4.8", "2026-04-16T00:00:00Z"],
  ["claude-sonnet-4-5-20250929", "Claude Sonnet 4.5", "2025-09-29T00:00:00Z"],
  ["claude-haiku-4-5-20251001", "Claude Haiku 4.5", "2025-10-15T00:00:00Z"],
] as const;

/** The answer to GET /v1/models: one page with every model this upstream names by itself. It answers for any other as well. */
export function modelList() {
  const data = MODELS.map(([id, display_name, created_at]) => ({ type: "model", id, display_name, created_at }));
  return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}
