import { createHash } from "node:crypto";

/** Hands out ids that look like a platform's and come out the same for the same seed. */
export type Ids = (kind: string) => string;

/** @param seed two sandboxes that speak to one database need different ones, or their message ids collide */
export function seededIds(seed: number): Ids {
  const used = new Map<string, number>();
  return (kind) => {
    const count = (used.get(kind) ?? 0) + 1;
    used.set(kind, count);
    return createHash("sha256").update(`${seed}:${kind}:${count}`).digest("base64url");
  };
}
