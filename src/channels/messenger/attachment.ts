import type { Attachment, AttachmentKind } from "../../core/update.ts";
import type { IncomingAttachment } from "./schema.ts";

/** Platform types that mean what they say; all others are a link when they have an address. */
const KINDS: Readonly<Record<string, AttachmentKind>> = {
  image: "image",
  video: "video",
  audio: "audio",
  file: "file",
  sticker: "sticker",
  location: "location",
  template: "template",
};

/** An attachment in our words. Shared posts and reels are links to look at, not media to fetch. */
export function attachmentOf(incoming: IncomingAttachment): Attachment {
  const { payload } = incoming;
  const type = incoming.type ?? "";
  // Stickers came as images that had a sticker id, before they got a type of their own (1 Jun 2026).
  const kind = type === "image" && payload?.sticker_id != null ? "sticker" : KINDS[type];
  const url = payload?.url ?? incoming.url ?? null;
  const title = payload?.title ?? incoming.title ?? firstTitle(incoming);
  if (kind === undefined) {
    // What has neither address nor title is at least told by its type.
    return url === null
      ? { kind: "other", url, title: title ?? incoming.type ?? null }
      : { kind: "link", url: unwrapped(url), title };
  }
  const place = kind === "location" ? payload?.coordinates : null;
  return place ? { kind, url, title, latitude: place.lat, longitude: place.long } : { kind, url, title };
}

function firstTitle({ payload }: IncomingAttachment): string | null {
  const elements = payload?.elements ?? payload?.product?.elements ?? [];
  return elements.find((element) => element.title)?.title ?? null;
}

/** The address behind Facebook's redirector (`l.facebook.com/l.php?u=…`), which would only count the click. */
function unwrapped(url: string): string {
  if (!/^https?:\/\/lm?\.facebook\.com\/l\.php\?/.test(url)) return url;
  const target = URL.parse(url)?.searchParams.get("u") ?? "";
  return /^https?:\/\//.test(target) ? target : url;
}
