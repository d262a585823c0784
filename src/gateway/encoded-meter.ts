import { brotliDecompressSync, constants, unzipSync } from "node:zlib";

import type { UsageMeter } from "#gateway/usage-meter.ts";

/** Real answers are far smaller, compressed and not. */
const ENCODED_BYTES_MAX = 16 * 1024 * 1024;
const DECODED_BYTES_MAX = 64 * 1024 * 1024;

/** Each takes what there is, also where the end is missing. */
const DECODERS: Record<string, (bytes: Buffer) => Buffer> = {
  gzip: unzip,
  "x-gzip": unzip,
  deflate: unzip,
  br: (bytes) =>
    brotliDecompressSync(bytes, {
      finishFlush: constants.BROTLI_OPERATION_FLUSH,
      maxOutputLength: DECODED_BYTES_MAX,
    }),
};

/**
 * Meters an answer that came compressed although none was asked for: a copy is kept, and read when the answer
 * is over. An encoding that is not known is read as it is.
 */
export function createEncodedMeter(encoding: string, inner: UsageMeter): UsageMeter {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const readAll = () => {
    if (chunks.length > 0) inner.feed(decode(encoding, Buffer.concat(chunks)));
    chunks.length = 0;
  };
  return {
    feed(chunk) {
      bytes += chunk.length;
      if (bytes <= ENCODED_BYTES_MAX) chunks.push(chunk);
    },
    end() {
      readAll();
      inner.end();
    },
    cut() {
      readAll();
      inner.cut();
    },
    seen: () => inner.seen(),
  };
}

function decode(encoding: string, bytes: Buffer): Buffer {
  try {
    return DECODERS[encoding.trim().toLowerCase()]?.(bytes) ?? bytes;
  } catch {
    return bytes; // the upstream said what is not so
  }
}

function unzip(bytes: Buffer): Buffer {
  return unzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: DECODED_BYTES_MAX });
}
