import { type Journal, openJournal } from "#gateway/journal.ts";
import type { OpenCall, SettledCall } from "#ledger/call-record.ts";
import { SILENT } from "#testing/calls.ts";

/** A journal whose lines are written when the call returns, so that a test may kill its gateway at any point. */
export type WrittenJournal = Omit<Journal, "open" | "settled"> & {
  /** Whether the disk has taken the line. */
  open(call: OpenCall): boolean;
  settled(call: SettledCall): void;
};

export function openWrittenJournal(directory: string): WrittenJournal {
  const journal = openJournal(directory, SILENT);
  return {
    ...journal,
    open(call) {
      let answer: boolean | null = null;
      journal.open(call, (isWritten) => {
        answer = isWritten;
      });
      journal.flush();
      if (answer === null) throw new Error("The journal has not said whether it has written the line");
      return answer;
    },
    settled(call) {
      let isTold = false;
      journal.settled(call, () => {
        isTold = true;
      });
      journal.flush();
      if (!isTold) throw new Error("The journal has not said that the end of the call is written");
    },
  };
}
