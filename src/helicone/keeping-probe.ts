import { MAY_NOT_READ, UNKNOWN_KEY } from "#helicone/helicone-answer.ts";
import { createHeliconeClient } from "#helicone/helicone-client.ts";
import { createLogQueries } from "#helicone/log-queries.ts";

type Parts = {
  url: string;
  /** Null: there are none yet, and no call passes through Helicone. */
  keys: () => { writeKey: string; logKey: string } | null;
  /** Of each of the two questions. */
  timeoutMs: number;
};

/**
 * Asks Helicone what would keep it from keeping calls that pass through it: it passes them on, and says that all is well, also
 * while its databases are down or where it does not know the key that goes with them. Resolves with that as a sentence, or
 * with null where nothing is known of such a thing; never rejects. Its store of bodies is not asked after: no question shows it.
 */
export function createKeepingProbe({ url, keys, timeoutMs }: Parts): () => Promise<string | null> {
  const problemOf = async (key: string) => {
    try {
      return await createLogQueries(createHeliconeClient({ url, apiKey: () => key, timeoutMs })).problem();
    } catch (error) {
      return String(error);
    }
  };
  return async () => {
    const held = keys();
    if (held === null) return null;
    const { writeKey, logKey } = held;
    const [withWriteKey, withLogKey] = await Promise.all([
      problemOf(writeKey),
      logKey === writeKey ? null : problemOf(logKey),
    ]);
    // A key that writes only may not ask, and hears so: that it is known, and that PostgreSQL works, is all that it can tell.
    if (withWriteKey !== null && withWriteKey !== MAY_NOT_READ) return withWriteKey;
    // Of the key that asks nothing follows for calls that go with the other.
    return withLogKey === MAY_NOT_READ || withLogKey === UNKNOWN_KEY ? null : withLogKey;
  };
}
