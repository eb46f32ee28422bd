/**
 * What went wrong, in the words a caller can act on. Every code has one exit code (cli/main) and one HTTP status
 * (http/faults), so an error means the same everywhere.
 */
export const FAULT_CODES = [
  "failed",
  "usage",
  "settings",
  "credentials",
  "unreachable",
  "not_found",
  "some_failed",
  "timed_out",
  "busy",
  "findings",
  "storage",
  "window_closed",
  "account_ambiguous",
  "refused",
  "forced",
] as const;

export type FaultCode = (typeof FAULT_CODES)[number];

/** A problem that somebody can mend: says what, and how. Never holds a token, a secret or a customer's words. */
export class Fault extends Error {
  override readonly name = "Fault";

  /**
   * @param code what kind of problem, for programs
   * @param message what happened, for people
   * @param fix what to do about it; empty when there is nothing to do
   */
  constructor(
    readonly code: FaultCode,
    message: string,
    readonly fix = "",
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
