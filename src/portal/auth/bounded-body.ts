import { DomainError } from "#domain/errors.ts";

/**
 * The body of a request as text, read only up to `bytesMax`.
 * @throws DomainError invalid_input for a larger one, or one that is not UTF-8
 */
export async function readBoundedBody(request: Request, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > bytesMax) {
      await reader.cancel();
      throw new DomainError("invalid_input", "This request is too large.");
    }
    chunks.push(value);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new DomainError("invalid_input", "This request is not valid UTF-8.");
  }
}
