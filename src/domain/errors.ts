/** Why a request cannot or must not be done. Each border (tRPC, REST, gateway) maps this closed set once. */
export type DomainErrorCode =
  | "invalid_input"
  | "not_signed_in"
  | "not_allowed"
  | "not_found"
  | "conflict"
  | "too_many_attempts"
  | "unavailable";

/**
 * The one error class that crosses our own layers. The message is written for the person who asked:
 * what is wrong and what to do. Anything else that is thrown is a fault: logged, and hidden from the caller.
 */
export class DomainError extends Error {
  readonly code: DomainErrorCode;

  constructor(code: DomainErrorCode, message: string) {
    super(message);
    this.name = "DomainError";
    this.code = code;
  }
}
