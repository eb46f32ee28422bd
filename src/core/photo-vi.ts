/**
 * Is this word a picture? Typed plainly, "anh" is "ảnh" (photo) or, mostly, "anh" (older brother, you); and "photo" may be a verb.
 */
import { roleAt } from "./expectation-vi-signs.ts";
import { FILE, IMAGE, PAPER, PICTURED } from "./lexicon.ts";
import * as vi from "./lexicon-vi.ts";
import type { Noun, Sentence } from "./sentence.ts";
import { OfAny } from "./word.ts";

/** "ảnh" without its marks. */
const PLAIN_PHOTO = "anh";

/** Words that name an attachment in some sentence: its nouns, counters of pictures, and plain "anh". */
export const NAMING = new OfAny(IMAGE, FILE, PICTURED, PAPER, vi.PIECE, vi.SHEET, new Set([PLAIN_PHOTO]));

/** The attachment a word names, if it names one. */
export function nounAt(s: Sentence, at: number): Noun | null {
  const word = s.words[at];
  if (word === undefined || !NAMING.has(word)) return null;
  const known = s.nouns[at];
  if (known !== undefined) return known;
  const noun = judge(s, at);
  s.nouns[at] = noun;
  return noun;
}

function judge(s: Sentence, at: number): Noun | null {
  if (s.language === "vi" && s.words[at]?.fold === "photo" && isPhotocopying(s, at)) return null;
  if (isBrotherDoing(s, at)) return null;
  if (s.is(at, IMAGE) || isPhoto(s, at)) return { at, kind: "image", strong: true };
  // A photographed contract is a picture.
  if ((s.is(at, FILE) || s.is(at, PAPER)) && isPhotographed(s, at)) return { at, kind: "image", strong: false };
  if (s.is(at, FILE)) return { at, kind: "file", strong: true };
  if (s.is(at, PICTURED)) return { at, kind: "image", strong: false };
  if (s.is(at, PAPER)) return { at, kind: "file", strong: false };
  return null;
}

/** Whether plain "anh", which is mostly a pronoun, is "ảnh" here. */
function isPhoto(s: Sentence, at: number): boolean {
  const word = s.words[at];
  // "bức này" needs no noun: only pictures are counted so.
  if (s.is(at, vi.PIECE) && s.is(at + 1, vi.THIS)) return true;
  // "tấm này rửa khổ 13x18"; goods are named between the two: "tấm thảm này".
  if (s.is(at, vi.SHEET) && (s.is(at + 1, vi.JUST_THIS) || s.is(at + 1, vi.HERE_AT_END))) return true;
  if (word?.key !== PLAIN_PHOTO) return false;
  const next = s.words[at + 1];
  const ends = next === undefined || next.opensClause;
  // "anh em gui": a brother would not be followed by the speaker's own sending.
  if (s.plain && roleAt(s, at + 1) === "self" && (s.is(at + 2, vi.SEND) || s.is(at + 2, vi.MAKE))) return true;
  if (at > 0 && !word.opensClause) {
    if (s.is(at - 1, vi.PICTURE_COUNTERS)) return true;

    if (s.is(at - 1, vi.SEND))
      return s.plain
        ? ends || s.is(at + 1, vi.PARTICLES) || s.is(at + 1, vi.PICTURED_THINGS) || roleAt(s, at + 1) === "other"
        : s.is(at + 1, vi.PICTURED_THINGS);
    if (s.is(at - 2, vi.SEND) && roleAt(s, at - 1) !== null && roleAt(s, at - 1) !== "self") return true;
    if (s.plain && s.is(at - 1, vi.BEFORE_PHOTO)) return !s.is(at + 1, vi.DOING) && roleAt(s, at + 1) !== "elder";
    if (s.is(at - 1, vi.IN) && s.plain) return true;
  }
  if (s.is(at + 1, vi.ABOVE) && s.plain && s.is(at + 2, vi.AFTER_ABOVE)) return true;
  if (
    s.is(at + 1, vi.THIS) &&
    s.plain &&
    (s.is(at + 2, vi.PICTURED_THINGS) || (s.is(at + 2, vi.IS) && s.is(at + 3, vi.WHAT)))
  )
    return true;
  if (s.is(at + 1, vi.BELOW) && (s.plain || s.is(at + 1, vi.ATTACHING))) return true;
  if (!s.plain) return false;
  if (s.is(at + 1, vi.PICTURED_THINGS)) return true;
  if (s.is(at + 1, vi.WHAT) && !s.is(at + 2, vi.CALL)) return true;
  return s.is(at + 1, vi.HERE_AT_END) && at === 0 && roleAt(s, at + 2) === "other";
}

/** "photo giúp em tài liệu này": in Vietnamese "photo" is also the verb for copying paper. */
function isPhotocopying(s: Sentence, at: number): boolean {
  return s.is(at + 1, vi.HELP) || s.is(at + 1, FILE) || s.is(at + 1, PAPER) || s.is(at + 1, vi.COUNTERS);
}

/** "em chụp hợp đồng gửi chị": what is photographed comes as a picture. */
function isPhotographed(s: Sentence, at: number): boolean {
  return s.some(s.clauseStart(at), at, vi.PHOTOGRAPH);
}

/** "anh chụp giúp em": plain "anh" before a verb, which would otherwise be read as "ảnh chụp". */
function isBrotherDoing(s: Sentence, at: number): boolean {
  return (s.words[at]?.shown.startsWith("anh ") ?? false) && (!s.plain || s.is(at + 1, vi.HELP));
}
