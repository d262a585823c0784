import { DomainError } from "#domain/errors.ts";

/** A body of which the rest was not read: the connection that it comes on cannot be used for a further request. */
export class BodyTooLargeError extends DomainError {
  constructor() {
    super("invalid_input", "This request is too large.");
  }
}

/**
 * The body of a request as text, read only up to `bytesMax`.
 * @throws BodyTooLargeError for a larger one; DomainError invalid_input for one that is not UTF-8
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
      throw new BodyTooLargeError();
    }
    chunks.push(value);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new DomainError("invalid_input", "This request is not valid UTF-8.");
  }
}
