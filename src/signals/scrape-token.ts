import { createHash, timingSafeEqual } from "node:crypto";

/** Whether an `Authorization` header has the token as its bearer, told in a time that says nothing of it. */
export function isBearer(authorization: string | null | undefined, token: string): boolean {
  const sent = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1] ?? "";
  return timingSafeEqual(sha256(sent), sha256(token));
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
