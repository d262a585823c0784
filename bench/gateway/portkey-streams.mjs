/**
 * Preloaded into Portkey's gateway. As published (1.15.2), it adds headers to the answer of `fetch` itself, which
 * Node forbids, and so fails every streamed call. Here streamed answers get headers that may be added to;
 * everything else stays as published.
 */
const fetchAsIs = globalThis.fetch;

globalThis.fetch = async (input, init) => {
  const answer = await fetchAsIs(input, init);
  if (!answer.headers.get("content-type")?.startsWith("text/event-stream")) return answer;
  const { status, statusText, headers, body } = answer;
  return new Response(body, { status, statusText, headers: new Headers(headers) });
};

// The bench may be killed; nobody else would end this process then.
process.on("disconnect", () => process.exit(0));
