/** What the fake model understands of a chat request: who asks what, and what is shown. */
import type { AttachmentKind } from "../core/update.ts";
import { fold } from "../core/letters.ts";
import { asList, asObject, asText, isObject, type JsonObject } from "./json.ts";
import { seePicture, type SeenPicture } from "./picture.ts";

export interface Asked {
  /** The words of the question, without the lines that name attachments; may be empty. */
  readonly text: string;
  readonly language: "vi" | "en";
  /** What a note says that this belongs to, word for word; null when no note does. */
  readonly earlier: string | null;
  /** How many attachments of each kind the question names, in the order they come. */
  readonly named: ReadonlyMap<AttachmentKind, number>;
  /** The pictures whose bytes came along; null for one that could not be read. */
  readonly seen: readonly (SeenPicture | null)[];
}

/** `[image 1: https://…]`, `[file: price list.pdf]`, `[location 10.7, 106.6]`, `[sticker]` */
const NAMED = /^\[\s*([\p{L}_-]+)\b.*\]$/u;

const KINDS: Readonly<Record<string, AttachmentKind>> = {
  image: "image",
  photo: "image",
  picture: "image",
  anh: "image",
  hinh: "image",
  video: "video",
  audio: "audio",
  voice: "audio",
  file: "file",
  document: "file",
  tep: "file",
  sticker: "sticker",
  location: "location",
  contact: "contact",
  link: "link",
  template: "template",
  card: "template",
  other: "other",
  attachment: "other",
};

/** Lines in brackets that say something about the question and are no part of it: `[name: Lan]`, `[note: …]`. */
const ASIDE = /^\[(?:name|language|note|nothing)\b.*\]$/;

/** A note that says what was said before: `[note: This belongs to what was said earlier: "em gửi ảnh ạ"]`. */
const EARLIER = /^\[note: .*\bearlier\b.*: "(.+)"\]$/;

/** @param messages the `messages` of a chat completion request */
export async function readAsked(messages: readonly unknown[]): Promise<Asked> {
  const fromUser = messages.map(asObject).filter((message) => message?.["role"] === "user");
  const parts = partsOf(fromUser.at(-1)?.["content"]);
  const whole = parts.map((part) => asText(part["text"]) ?? "").join("\n");
  const query = /<CURRENT_USER_QUERY>([\s\S]*)<\/CURRENT_USER_QUERY>/.exec(whole)?.[1] ?? whole;
  const named = new Map<AttachmentKind, number>();
  const words: string[] = [];
  let earlier: string | null = null;
  for (const line of query.split("\n").map((each) => each.trim())) {
    const kind = namedKind(line);
    earlier ??= EARLIER.exec(line)?.[1] ?? null;
    if (kind !== null) named.set(kind, (named.get(kind) ?? 0) + 1);
    else if (line !== "" && !ASIDE.test(line)) words.push(line);
  }
  const text = words.join(" / ");
  const urls = parts.flatMap((part) => asText(asObject(part["image_url"])?.["url"]) ?? []);
  const toldLanguage = /^\[language: (\w+)\]$/m.exec(query)?.[1];
  const fallback = toldLanguage === "English" ? "en" : "vi";
  return {
    text,
    language: /\p{L}/u.test(text) ? languageOf(text) : fallback,
    earlier,
    named,
    seen: await Promise.all(urls.map(seePicture)),
  };
}

/** Content is a text, or a list of text and image parts. */
export function partsOf(content: unknown): readonly JsonObject[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return asList(content).filter(isObject);
}

/** The kind a line names; null when the line is part of what was said. A word in brackets counts only if it has a link. */
function namedKind(line: string): AttachmentKind | null {
  const word = NAMED.exec(line)?.[1];
  if (word === undefined) return null;
  return KINDS[fold(word)] ?? (/https?:\/\//.test(line) ? "other" : null);
}

/** Letters that only Vietnamese has among the languages people write to a Vietnamese shop in. */
const MARKED = /[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]/iu;
/** Vietnamese without its marks. One of these is enough, because none is an English word. */
const PLAIN = new Set(
  "anh bao nhieu ko khong duoc gui xem minh oi nhe gia hinh cai nay nhi vay voi roi chua mau giup chao".split(" "),
);

function languageOf(text: string): "vi" | "en" {
  if (MARKED.test(text.normalize("NFC"))) return "vi";
  return fold(text)
    .split(/[^\p{L}]+/u)
    .some((word) => PLAIN.has(word))
    ? "vi"
    : "en";
}
