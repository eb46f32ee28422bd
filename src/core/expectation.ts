/**
 * What a text says is still to come (DESIGN §5.5).
 *
 * Messenger delivers "describe this photo" and the photo as two webhooks, so the text must tell whether to wait. Word lists alone do not:
 * "em gửi ảnh" announces a picture and "gửi em ảnh" asks for one. So each noun that names an attachment is judged by
 * the grammar around it, English first, then Vietnamese, and one noun that announces or points decides.
 */
import { englishVerdict, englishWithoutNoun } from "./expectation-en.ts";
import { isBrotherDoing, isPhoto, isPhotocopying, isPhotographed, type Verdict, vietnameseVerdict, vietnameseWithoutNoun } from "./expectation-vi.ts";
import { FILE, IMAGE, lexicon, PAPER, PICTURED } from "./lexicon.ts";
import { UNFINISHED_EN } from "./lexicon-en.ts";
import { FINISHING_WITH, UNFINISHED_VI } from "./lexicon-vi.ts";
import { type Noun, Sentence } from "./sentence.ts";

/** What a text says is still to come. */
export type ExpectationKind = "image" | "file" | "question" | "unfinished" | "nothing";

export interface Expectation {
  readonly kind: ExpectationKind;
  /**
   * Why, in plain English for logs and screens, e.g. `the text points at an image ("trong hình")`. Quotes only matched lexicon words, never
   * the person's other words.
   */
  readonly reason: string;
}

/** A question of at most this many words often belongs to a picture that follows (DESIGN §5.1). */
const SHORT_QUESTION_WORDS = 5;

/** Reads one text. Never throws; text without words, such as emoji alone, expects nothing. */
export function expectationOf(text: string): Expectation {
  const words = lexicon.read(text);
  if (words.length === 0) return { kind: "nothing", reason: "the text has no words" };
  const s = new Sentence(words, text);
  return attachment(s) ?? shortQuestion(s) ?? unfinished(s, text) ?? { kind: "nothing", reason: "the text stands alone" };
}

function attachment(s: Sentence): Expectation | null {
  const english = s.language === "en";
  for (let at = 0; at < s.words.length; at++) {
    const noun = nounAt(s, at);
    if (noun === null) continue;
    const verdict: Verdict = englishVerdict(s, noun) ?? (english ? null : vietnameseVerdict(s, noun));
    if (verdict === "points" || verdict === "announces") {
      const article = noun.kind === "image" ? "an image" : "a file";
      const doing = verdict === "points" ? `points at ${article}` : `announces ${article}`;
      return { kind: noun.kind, reason: `the text ${doing} ("${s.words[at]?.shown}")` };
    }
  }
  const named = s.words.some((_, at) => nounAt(s, at)?.kind === "image") ? "image" : "file";
  const unnamed = englishWithoutNoun(s) ? named : english ? null : vietnameseWithoutNoun(s);
  if (unnamed === null) return null;
  return { kind: unnamed, reason: unnamed === "file" ? "the text announces a file" : "the text announces an image" };
}

function nounAt(s: Sentence, at: number): Noun | null {
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

function shortQuestion(s: Sentence): Expectation | null {
  if (!s.asks) return null;
  const count = s.words.reduce((sum, word) => sum + word.count, 0);
  if (count > SHORT_QUESTION_WORDS) return null;
  return { kind: "question", reason: `a question of ${count} ${count === 1 ? "word" : "words"}` };
}

function unfinished(s: Sentence, text: string): Expectation | null {
  const open = /[,:([{–—-]\s*$/u.exec(text.trimEnd());
  if (open !== null) return { kind: "unfinished", reason: `the text ends with "${open[0].trim()}"` };
  const last = s.words.length - 1;
  const word = s.words[last];
  if (word === undefined || /[.!?…)]\s*$/u.test(text.trimEnd())) return null;
  if (!s.is(last, UNFINISHED_VI) && !s.is(last, UNFINISHED_EN)) return null;
  // "với" and "mà" also end finished sentences: "giúp em với", "em gửi rồi mà".
  if ((word.fold === "voi" || word.fold === "vs" || word.fold === "ma") && s.some(0, last, FINISHING_WITH)) return null;
  return { kind: "unfinished", reason: `the text ends with "${word.shown}"` };
}
