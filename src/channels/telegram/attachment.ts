import type { Attachment, AttachmentKind } from "../../core/update.ts";
import type { FileParts, Message, PhotoSize } from "./schema.ts";

/**
 * What comes with a message, in our words. Files have an id and no address: the address would hold the token.
 *
 * An animation also comes as a document and a venue also as a location, for old clients; each is taken once.
 */
export function attachmentsOf(message: Message): Attachment[] {
  const { photo, animation, document, video, video_note, voice, audio, sticker } = message;
  const found: Attachment[] = [];
  const largest = photo == null ? undefined : largestOf(photo);
  if (largest !== undefined) found.push(fileOf("image", largest, null));
  if (animation) found.push(fileOf("video", animation));
  else if (document) found.push(fileOf("file", document));
  if (video) found.push(fileOf("video", video));
  if (video_note) found.push(fileOf("video", video_note));
  if (voice) found.push(fileOf("audio", voice));
  if (audio) found.push(fileOf("audio", audio, named(audio.performer, audio.title) ?? audio.file_name ?? null));
  if (sticker) found.push(fileOf("sticker", sticker, sticker.emoji ?? null));
  return [...found, ...withoutFile(message)];
}

/** What is told in words only. */
function withoutFile({ location, venue, contact, poll, dice, story, paid_media, game }: Message): Attachment[] {
  const found: Attachment[] = [];
  const told = (kind: AttachmentKind, title: string | null): void => void found.push({ kind, url: null, title });
  if (location) {
    const { latitude, longitude } = location;
    found.push({ kind: "location", url: null, title: named(venue?.title, venue?.address), latitude, longitude });
  }
  if (contact) told("contact", named(contact.first_name, contact.last_name, contact.phone_number));
  if (poll) told("other", named("poll:", poll.question));
  if (dice) told("other", dice.emoji ?? "dice");
  if (story) told("other", "story");
  if (paid_media) told("other", "paid media");
  if (game) told("other", named("game:", game.title));
  return found;
}

function fileOf(kind: AttachmentKind, file: FileParts, title: string | null = file.file_name ?? null): Attachment {
  const { file_id: fileId, mime_type: mime, file_size: bytes } = file;
  return { kind, url: null, title, fileId, ...(mime == null ? {} : { mime }), ...(bytes == null ? {} : { bytes }) };
}

/** All sizes show the same photo. */
function largestOf(sizes: readonly PhotoSize[]): PhotoSize | undefined {
  const area = ({ width, height }: PhotoSize): number => (width ?? 0) * (height ?? 0);
  return sizes.reduce<PhotoSize | undefined>(
    (largest, size) => (largest === undefined || area(size) >= area(largest) ? size : largest),
    undefined,
  );
}

function named(...words: readonly (string | null | undefined)[]): string | null {
  return words.filter((word) => typeof word === "string" && word !== "").join(" ") || null;
}
