import type { Picture } from "../core/agent.ts";
import { fetchAttachment, type FetchOptions } from "./fetch.ts";
import type { Get } from "./pinned.ts";
import { preparePicture } from "./image.ts";
import { PICTURE_TYPES } from "./sniff.ts";

/** `told` completes "Image 2 …", for the agent: "could not be fetched (it is too large)". */
export type Loaded =
  { readonly kind: "loaded"; readonly picture: Picture } | { readonly kind: "failed"; readonly told: string };

/** From an address to a picture a model can be shown. Planned failures are values. */
export type LoadPicture = (url: string, signal: AbortSignal) => Promise<Loaded>;

/** @param get see `fetchAttachment` */
export function pictureLoader(rules: Omit<FetchOptions, "accept" | "signal">, get?: Get): LoadPicture {
  // One at a time: a decoded picture may take 132 MB, and the machine is small.
  let decoding: Promise<unknown> = Promise.resolve();
  return async (url, signal) => {
    const fetched = await fetchAttachment(url, { ...rules, accept: PICTURE_TYPES, signal }, get);
    if (fetched.kind === "wrong_type")
      return { kind: "failed", told: "could not be read (it is not a kind of picture that can be read)" };
    if (fetched.kind !== "fetched") return { kind: "failed", told: `could not be fetched (${fetched.reason})` };
    const preparing = decoding.then(() => preparePicture(fetched.bytes, fetched.mime));
    decoding = preparing.catch(() => {});
    const prepared = await preparing;
    if (prepared.kind === "picture") return { kind: "loaded", picture: prepared.picture };
    return { kind: "failed", told: `could not be read (${prepared.reason})` };
  };
}
