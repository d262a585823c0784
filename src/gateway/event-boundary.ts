const [LINE_FEED, CARRIAGE_RETURN] = [0x0a, 0x0d];

/** Follows a stream of server-sent events by its bytes. */
export type EventBoundary = {
  /** Reads on. Returns how many bytes of the chunk belong to events that are complete by its end; 0: no event ends in it. */
  feed(chunk: Buffer): number;
};

/**
 * Finds where one event ends and the next may begin: after an empty line, with line ends of either common kind. A stream
 * that is left there, and nowhere else, can be ended with an event of our own.
 */
export function createEventBoundary(): EventBoundary {
  let isLineEmpty = true;
  return {
    feed(chunk) {
      let end = 0;
      for (let at = 0; at < chunk.length; at += 1) {
        const byte = chunk[at];
        if (byte === CARRIAGE_RETURN) continue;
        if (byte === LINE_FEED && isLineEmpty) end = at + 1;
        isLineEmpty = byte === LINE_FEED;
      }
      return end;
    },
  };
}
