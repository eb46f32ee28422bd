import { createHash, timingSafeEqual } from "node:crypto";
import { Fault } from "../core/fault.ts";
import { HttpFault } from "./faults.ts";

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/**
 * Lets through whoever has the admin token. Compared by hash, so that neither length nor content shows in the time.
 *
 * @param publicUrl the server as the outside sees it, where a proxy stands in front: its own pages come from there
 * @param failed told of requests without it
 * @returns throws the Fault that such a request is answered with
 */
export function adminGuard(
  adminToken: string,
  publicUrl: string | null,
  failed: (request: Request) => void,
): (request: Request) => void {
  const expected = digest(adminToken);
  const publicOrigin = publicUrl === null ? null : new URL(publicUrl).origin;
  return (request) => {
    const header = request.headers.get("authorization") ?? "";
    const given = /^Bearer (.+)$/i.exec(header)?.[1] ?? "";
    if (!timingSafeEqual(digest(given), expected)) {
      failed(request);
      throw new Fault(
        "credentials",
        "this needs the admin token",
        "Send `Authorization: Bearer …` with the data folder's admin-token.",
      );
    }
    const origin = request.headers.get("origin");
    if (origin !== null && origin !== publicOrigin && origin !== new URL(request.url).origin) {
      throw new HttpFault(
        403,
        "credentials",
        "requests from other web pages are refused",
        "Call this from a program, not from a page elsewhere.",
      );
    }
  };
}
