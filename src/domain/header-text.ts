const CARRIED_AS_IT_IS = /^[\x20-\x24\x26-\x7e]*$/;

/** Text as a header can carry it: printable ASCII as it is; all else, and the percent sign, percent-encoded. */
export function headerText(text: string): string {
  if (CARRIED_AS_IT_IS.test(text)) return text;
  return wellFormed(text).replace(/[^\x20-\x24\x26-\x7e]/gu, encodeURIComponent);
}

/** Halves of a character, which cannot be encoded, become the sign for "unreadable". */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\uFFFD");
}
