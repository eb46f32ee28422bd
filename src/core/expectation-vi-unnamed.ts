/** Vietnamese: attachments announced without a noun that names them. */
import { announcesMaking, endsAfter, showsOwn } from "./expectation-vi-signs.ts";
import { IMAGE } from "./lexicon.ts";
import * as vi from "./lexicon-vi.ts";
import type { Sentence } from "./sentence.ts";
import { OfAny } from "./word.ts";

const MAY_ANNOUNCE = new OfAny(vi.ATTACHING, vi.HERE_AT_END, vi.MAKE);

/** An attachment announced without naming it: "để em chụp cho shop xem". */
export function vietnameseWithoutNoun(s: Sentence): "image" | "file" | null {
  for (let at = 0; at < s.words.length; at++) {
    const word = s.words[at];
    if (word === undefined || !MAY_ANNOUNCE.has(word)) continue;
    if (
      s.is(at, vi.ATTACHING) &&
      endsAfter(s, at, s.clauseEnd(at)) &&
      !wantsAttached(s, at, s.clauseStart(at), s.clauseEnd(at))
    )
      return "file";
    // With its noun, making was judged by `byMaking` already.
    if (showsOwn(s, at)) return "image";
    if (s.is(at, vi.MAKE) && !s.is(at + 1, IMAGE) && announcesMaking(s, at, at + 1)) return "image";
  }
  return null;
}

/** "nhớ gửi kèm thiệp nha", "gửi hàng kèm hoá đơn giúp em": the shop is to enclose something. */
export function wantsAttached(s: Sentence, attaching: number, from: number, to: number): boolean {
  return (
    s.some(from, to, vi.NOT) ||
    s.some(from, to, vi.CANNOT) ||
    s.some(from, attaching, vi.REMEMBER) ||
    s.some(attaching, to, vi.HELP)
  );
}
