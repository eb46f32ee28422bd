import { createHash, timingSafeEqual } from "node:crypto";
import { Fault } from "../core/fault.ts";

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Lets through whoever has the admin token. Compared by hash, so that neither length nor content shows in the time. */
export function adminGuard(adminToken: string): (request: Request) => void {
  const expected = digest(adminToken);
  return (request) => {
    const header = request.headers.get("authorization") ?? "";
    const given = /^Bearer (.+)$/i.exec(header)?.[1] ?? "";
    if (!timingSafeEqual(digest(given), expected)) {
      throw new Fault("credentials", "this needs the admin token", "Send `Authorization: Bearer …` with the data folder's admin-token.");
    }
    const origin = request.headers.get("origin");
    if (origin !== null && origin !== new URL(request.url).origin) {
      throw new Fault("credentials", "requests from other web pages are refused", "Call this from a program, not from a page elsewhere.");
    }
  };
}
