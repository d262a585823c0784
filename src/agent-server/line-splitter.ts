/**
 * Cuts a text that comes in pieces into lines, without their ends. A line longer than `lengthMax` characters is left
 * out: it must not fill the memory.
 */
export function createLineSplitter(lengthMax: number, onLine: (line: string) => void) {
  let open: string[] = [];
  let length = 0;

  function end(): void {
    if (length <= lengthMax) onLine(open.join("").replace(/\r$/, ""));
    open = [];
    length = 0;
  }

  return {
    push(piece: string): void {
      const parts = piece.split("\n");
      for (const [index, part] of parts.entries()) {
        if (index > 0) end();
        length += part.length;
        if (length <= lengthMax) open.push(part);
        else open = [];
      }
    },
    /** The last line may lack its end. */
    finish(): void {
      if (length > 0) end();
    },
  };
}
