/** A file of a tar archive. `mode` in octal as in 0o644; files belong to root. */
export type ArchivedFile = { path: string; content: string | Buffer; mode?: number };

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

function entryOf({ path, content, mode = 0o644 }: ArchivedFile): Buffer[] {
  const body = Buffer.isBuffer(content) ? content : Buffer.from(content);
  if (Buffer.byteLength(path) > PATH_MAX) throw new RangeError(`The path is too long for an archive: ${path}`);
  const header = Buffer.alloc(BLOCK);
  header.write(path, 0);
  writeOctal(header, mode, { at: 100, digits: 7 });
  writeOctal(header, 0, { at: 108, digits: 7 });
  writeOctal(header, 0, { at: 116, digits: 7 });
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
