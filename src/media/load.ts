import type { Picture } from "../core/agent.ts";
import type { FileOutcome } from "../core/channel.ts";
import type { Whose } from "../core/conversation.ts";
import { fetchAttachment, type FetchOptions } from "./fetch.ts";
import type { Get } from "./pinned.ts";
import { preparePicture } from "./image.ts";
import { PICTURE_TYPES } from "./sniff.ts";

/** `told` completes "Image 2 …", for the agent: "could not be fetched (it is too large)". */
export type Loaded =
  { readonly kind: "loaded"; readonly picture: Picture } | { readonly kind: "failed"; readonly told: string };

/** Whose file it is: one that its platform named by an id is opened with the account's token. */
export type FileOwner = Pick<Whose, "channel" | "accountId">;

/** A file as a message tells of it. */
export interface PictureSource {
  readonly owner: FileOwner;
  /** Null for one that has an id instead. */
  readonly url: string | null;
  readonly fileId: string | null;
}

/** Asks the platform where a file lies. The address may hold a token, so it is never told to anybody. */
export type Locate = (owner: FileOwner, fileId: string, signal: AbortSignal) => Promise<FileOutcome>;

/** From what a message tells to a picture a model can be shown. Planned failures are values. */
export type LoadPicture = (source: PictureSource, signal: AbortSignal) => Promise<Loaded>;

export interface LoaderOptions extends Omit<FetchOptions, "accept" | "signal"> {
  readonly locate: Locate;
}

/** @param get see `fetchAttachment` */
export function pictureLoader({ locate, ...rules }: LoaderOptions, get?: Get): LoadPicture {
  // One at a time: a decoded picture may take 132 MB, and the machine is small.
  let decoding: Promise<unknown> = Promise.resolve();
  return async ({ url, fileId, owner }, signal) => {
    const place: FileOutcome =
      url !== null
        ? { kind: "located", url }
        : fileId !== null
          ? await locate(owner, fileId, signal)
          : { kind: "unavailable", reason: "no address came with it" };
    if (place.kind === "unavailable") return { kind: "failed", told: `could not be fetched (${place.reason})` };
    const fetched = await fetchAttachment(place.url, { ...rules, accept: PICTURE_TYPES, signal }, get);
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
