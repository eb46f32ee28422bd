import { Fault, type FaultCode } from "../core/fault.ts";

const STATUS: Readonly<Record<FaultCode, number>> = {
  failed: 500,
  usage: 400,
  settings: 500,
  credentials: 401,
  unreachable: 502,
  not_found: 404,
  some_failed: 207,
  timed_out: 504,
  busy: 409,
  findings: 200,
  storage: 503,
  window_closed: 409,
  account_ambiguous: 422,
  refused: 502,
  forced: 500,
};

/** A Fault for which HTTP has a better word than the status of its code. */
export class HttpFault extends Fault {
  constructor(
    readonly status: number,
    code: FaultCode,
    message: string,
    fix: string,
  ) {
    super(code, message, fix);
  }
}

/** The body of every error we answer; the framework's own would show requests and stacks. */
export function errorBody(
  code: string,
  message: string,
  fix = "",
): { error: { code: string; message: string; fix: string } } {
  return { error: { code, message, fix } };
}

/** What an error that rose to the HTTP edge is answered with. Only Faults speak for themselves. */
export function answerFor(error: unknown): { status: number; body: ReturnType<typeof errorBody> } {
  if (error instanceof Fault) {
    const status = error instanceof HttpFault ? error.status : STATUS[error.code];
    return { status, body: errorBody(error.code, error.message, error.fix) };
  }
  return { status: 500, body: errorBody("failed", "something went wrong here; the log says what") };
}

/** Whether the fault lies here, so that the log must tell; a platform that refused or did not answer is not our error. */
export function isOurs(status: number): boolean {
  return status === 500 || status === 503;
}
