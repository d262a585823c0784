/** A file of a tar archive. `mode` in octal as in 0o644; without an owner, it belongs to root. */
export type ArchivedFile = { path: string; content: string | Buffer; mode?: number; uid?: number; gid?: number };

const BLOCK = 512;
const PATH_MAX = 100;

/**
 * A tar archive (ustar) of these files, as Docker takes them. Paths are relative, without folders of their own:
 * Docker makes what is missing, root-owned.
 * @throws RangeError for a path longer than the format's 100 bytes
 */
export function tarOf(files: readonly ArchivedFile[]): Buffer {
  return Buffer.concat([...files.flatMap(entryOf), Buffer.alloc(2 * BLOCK)]);
}

function entryOf({ path, content, mode = 0o644, uid = 0, gid = 0 }: ArchivedFile): Buffer[] {
  const body = Buffer.isBuffer(content) ? content : Buffer.from(content);
  if (Buffer.byteLength(path) > PATH_MAX) throw new RangeError(`The path is too long for an archive: ${path}`);
  const header = Buffer.alloc(BLOCK);
  header.write(path, 0);
  writeOctal(header, mode, { at: 100, digits: 7 });
  writeOctal(header, uid, { at: 108, digits: 7 });
  writeOctal(header, gid, { at: 116, digits: 7 });
  writeOctal(header, body.length, { at: 124, digits: 11 });
  writeOctal(header, 0, { at: 136, digits: 11 });
  header.write("0", 156);
  header.write("ustar\0", 257);
  header.write("00", 263);
  header.write("        ", 148); // the checksum counts itself as blanks
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return [header, body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)];
}

function writeOctal(header: Buffer, value: number, { at, digits }: { at: number; digits: number }): void {
  header.write(`${value.toString(8).padStart(digits, "0")}\0`, at);
}

/** The one file in an archive of Docker's, or null when what is in it is no plain file. */
export function onlyFileIn(
  archive: Buffer,
): (Required<Omit<ArchivedFile, "path" | "content">> & { text: string }) | null {
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    const size = readOctal(header, 124, 12);
    const kind = String.fromCharCode(header[156] ?? 0);
    if (kind === "0" || kind === "\0") {
      const text = archive.subarray(at + BLOCK, at + BLOCK + size).toString("utf8");
      const [mode, uid, gid] = [readOctal(header, 100, 8), readOctal(header, 108, 8), readOctal(header, 116, 8)];
      return header[0] === 0 ? null : { mode, uid, gid, text };
    }
    if (kind !== "x" && kind !== "g") return null; // these only describe what follows
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return null;
}

function readOctal(header: Buffer, at: number, length: number): number {
  const text = header.toString("latin1", at, at + length).replace(/[^0-7]/g, "");
  return text === "" ? 0 : Number.parseInt(text, 8);
}
