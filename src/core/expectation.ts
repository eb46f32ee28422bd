/**
 * What a text says is still to come (DESIGN §5.5).
 *
 * Messenger delivers "describe this photo" and the photo as two webhooks, so the text must tell whether to wait. Word lists alone do not:
 * "em gửi ảnh" announces a picture and "gửi em ảnh" asks for one. So each noun that names an attachment is judged by
 * the grammar around it, English first, then Vietnamese, and one noun that announces or points decides. A scorer that has learned from
 * labelled lines then speaks for what the rules have no word for, and against what they misread.
 */
import { englishVerdict, englishWithoutNoun } from "./expectation-en.ts";
import { type Verdict, vietnameseVerdict } from "./expectation-vi.ts";
import { vietnameseWithoutNoun } from "./expectation-vi-unnamed.ts";
import { pointsUnnamed } from "./expectation-pointing.ts";
import { sentenceWithSign } from "./expectation-gate.ts";
import { learnedWeights, type Weights } from "./expectation-scorer.ts";
import { lexicon } from "./lexicon.ts";
import { nounAt } from "./photo-vi.ts";
import { UNFINISHED_EN } from "./lexicon-en.ts";
import { FINISHING_WITH, UNFINISHED_VI } from "./lexicon-vi.ts";
import { asks, lastCharacter, type Sentence } from "./sentence.ts";
import type { Word } from "./word.ts";

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

const STANDS_ALONE: Expectation = { kind: "nothing", reason: "the text stands alone" };
const NO_WORDS: Expectation = { kind: "nothing", reason: "the text has no words" };

/** After one of these more comes, and after one of those nothing. */
const OPEN_ENDS = ",:([{–—-";
const FULL_STOPS = ".!?…)";

/** A question of at most this many words often belongs to a picture that follows (DESIGN §5.1). */
const SHORT_QUESTION_WORDS = 5;

/**
 * Logarithm of odds the scorer must give: to overrule rules that find nothing, 220 to 1; to keep what they find, not worse than 1 to 7.
 * Chosen by cross-validation, `scripts/train-expectation.ts --scores`, and where it hardly differs (4.5 to 5.4) by the needless waits that
 * held-out lines showed. Pointing without a name is found by few words, which the scorer knows little of.
 */
const NEEDED = { found: -2, pointed: -4, silent: 5.4 } as const;
/** The scorer overrules the rules about the kind when it is this sure. */
const SURE_OF_KIND = 1;

/** A text of so many UTF-16 units fills a message of Telegram's (DESIGN §5.7). */
const FULL_UNITS = { from: 4_000, to: 4_096 } as const;

/**
 * Reads one text. Never throws; text without words, such as emoji alone, expects nothing.
 *
 * @param weights what the scorer has learned; the committed table unless a measurement brings its own
 */
export function expectationOf(text: string, weights?: Weights): Expectation {
  const words = lexicon.read(text);
  if (words.length === 0) return cutOff(text) ?? NO_WORDS;
  return (
    attachment(words, text, weights) ??
    shortQuestion(words, text) ??
    unfinished(words, text) ??
    cutOff(text) ??
    STANDS_ALONE
  );
}

/** What the rules alone make of a sentence. */
export interface Ruling {
  /** Whether they find an attachment announced or pointed at. */
  readonly comes: boolean;
  readonly kind: "image" | "file";
  /** What the text does, for the reason; empty when nothing comes. */
  readonly how: string;
  /** How sure the scorer must be for it to hold: a key of `NEEDED`. */
  readonly by: keyof typeof NEEDED;
}

export function rulingOf(s: Sentence): Ruling {
  const english = s.language === "en";
  let named: "image" | "file" = "file";
  let refused = false;
  for (let at = 0; at < s.words.length; at++) {
    const noun = nounAt(s, at);
    if (noun === null) continue;
    const verdict: Verdict = englishVerdict(s, noun) ?? (english ? null : vietnameseVerdict(s, noun));
    if (verdict === "points" || verdict === "announces") {
      const doing = verdict === "points" ? "points at" : "announces";
      return { comes: true, kind: noun.kind, how: `${doing} ${AN[noun.kind]} ("${s.words[at]?.shown}")`, by: "found" };
    }
    if (verdict === "refuses") refused = true;
    if (noun.kind === "image") named = "image";
  }
  const unnamed = englishWithoutNoun(s) ? named : english ? null : vietnameseWithoutNoun(s);
  if (unnamed !== null) return { comes: true, kind: unnamed, how: `announces ${AN[unnamed]}`, by: "found" };
  const pointed = refused ? null : pointsUnnamed(s);
  if (pointed !== null) return { comes: true, kind: pointed, how: `points at ${AN[pointed]}`, by: "pointed" };
  return { comes: false, kind: named, how: "", by: "silent" };
}

const AN = { image: "an image", file: "a file" } as const;

function attachment(words: readonly Word[], text: string, weights: Weights | undefined): Expectation | null {
  const s = sentenceWithSign(words, text);
  if (s === null) return null;
  const ruling = rulingOf(s);
  const scorer = weights ?? learnedWeights();
  const scores = scorer.scoresOf(s);
  if (scores.comes <= NEEDED[ruling.by]) return null;
  const likely = scores.image > 0 ? "image" : "file";
  if (ruling.comes && (ruling.kind === likely || Math.abs(scores.image) < SURE_OF_KIND))
    return { kind: ruling.kind, reason: `the text ${ruling.how}` };
  const telling = scorer.telling(s).map((word) => `"${word}"`);
  const quoted = telling.length === 0 ? "" : ` (${telling.join(", ")})`;
  return { kind: likely, reason: `the text reads as if ${AN[likely]} comes${quoted}` };
}

function shortQuestion(words: readonly Word[], text: string): Expectation | null {
  let count = 0;
  for (const word of words) count += word.count;
  if (count > SHORT_QUESTION_WORDS || !asks(text)) return null;
  return { kind: "question", reason: `a question of ${count} ${count === 1 ? "word" : "words"}` };
}

/** Telegram's apps cut a text of more than 4096 units there, or at a space before it, and send the rest as a message of its own. */
function cutOff({ length }: string): Expectation | null {
  if (length < FULL_UNITS.from || length > FULL_UNITS.to) return null;
  return { kind: "unfinished", reason: "the text is as long as one message can be" };
}

function unfinished(words: readonly Word[], text: string): Expectation | null {
  const end = lastCharacter(text);
  if (OPEN_ENDS.includes(end)) return { kind: "unfinished", reason: `the text ends with "${end}"` };
  const last = words.at(-1);
  if (last === undefined || FULL_STOPS.includes(end)) return null;
  if (!UNFINISHED_VI.has(last.key) && !UNFINISHED_EN.has(last.key)) return null;
  // "với" and "mà" also end finished sentences: "giúp em với", "em gửi rồi mà".
  const mayFinish = last.fold === "voi" || last.fold === "vs" || last.fold === "ma";
  if (mayFinish && words.some(({ key }, at) => at < words.length - 1 && FINISHING_WITH.has(key))) return null;
  return { kind: "unfinished", reason: `the text ends with "${last.shown}"` };
}
