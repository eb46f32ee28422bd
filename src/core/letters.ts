/**
 * The letters of a word taken apart, so that spellings can be compared.
 *
 * Vietnamese is typed with all its marks ("đính kèm"), with some ("đinh kèm") or with none ("dinh kem"). A lexicon word is
 * therefore stored under every lighter spelling of itself, and a typed word must equal one of them. A mark that was
 * typed is never ignored: "có" (have) is not "cô" (aunt), while "co" may be either.
 */
const TONES = /[\u0300\u0301\u0303\u0309\u0323]/g;
const MARKS = /\p{M}+/gu;

interface Letter {
  readonly folded: string;
  readonly toneless: string;
  readonly tone: string;
}

/**
 * Every Vietnamese letter taken apart once, by its UTF-16 code, because `normalize` for each word would be most of the cost of reading.
 * Other letters with marks take the slow way.
 */
const LETTERS: (Letter | undefined)[] = [];
for (let code = 0; code < 128; code++) {
  const letter = String.fromCharCode(code);
  LETTERS[code] = { folded: letter, toneless: letter, tone: "" };
}
for (const letter of vietnameseLetters()) LETTERS[letter.code] = letter;

/** The small letters of Vietnamese that Unicode has as one character each, with their UTF-16 code. */
export function vietnameseLetters(): (Letter & { readonly code: number })[] {
  return Array.from("aăâeêioôơuưyđ").flatMap((base) =>
    ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"].flatMap((tone) => {
      const letter = (base + tone).normalize("NFC");
      if (letter.length !== 1) return [];
      const folded = base === "đ" ? "d" : base.normalize("NFD").charAt(0);
      return [{ code: letter.charCodeAt(0), folded, toneless: base, tone }];
    }),
  );
}

/**
 * The spelling two typed words must share to be the same word, and the one they share on a plain keyboard.
 *
 * @param shown a word in small letters and NFC
 */
export function takeApart(shown: string): { key: string; fold: string } {
  let at = 0;
  while (at < shown.length && shown.charCodeAt(at) < 128) at++;
  if (at === shown.length) return { key: shown, fold: shown };
  let toneless = shown.slice(0, at);
  let folded = toneless;
  let tone = "";
  for (; at < shown.length; at++) {
    const letter = LETTERS[shown.charCodeAt(at)];
    if (letter === undefined) return takeApartSlowly(shown);
    toneless += letter.toneless;
    tone += letter.tone;
    folded += letter.folded;
  }
  return { key: toneless + tone, fold: folded };
}

function takeApartSlowly(shown: string): { key: string; fold: string } {
  const parts = shown.normalize("NFD");
  const tones = parts.match(TONES) ?? [];
  return { key: parts.replace(TONES, "").normalize("NFC") + tones.join(""), fold: fold(shown) };
}

export function keyOf(shown: string): string {
  return takeApart(shown).key;
}

/** Removes all marks: NFD, `\p{M}` stripped, đ→d, lower case. */
export function fold(text: string): string {
  let folded = "";
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isTone(code)) continue;
    const letter = LETTERS[code];
    // Capitals, and letters that Vietnamese does not have.
    if (letter === undefined || (code >= 0x41 && code <= 0x5a)) return foldSlowly(text);
    folded += letter.folded;
  }
  return folded;
}

function foldSlowly(text: string): string {
  return text.toLowerCase().normalize("NFD").replace(MARKS, "").replaceAll("đ", "d");
}

function isTone(code: number): boolean {
  return code === 0x300 || code === 0x301 || code === 0x303 || code === 0x309 || code === 0x323;
}

/** By key, until all lists are taken in: a few hundred syllables make up most phrases. */
const spellingsMade = new Map<string, ReadonlySet<string>>();

/** Every spelling that may stand for a key: as it is, without tones, with only its đ, and with nothing. */
export function lighterSpellings(key: string): ReadonlySet<string> {
  const made = spellingsMade.get(key) ?? spell(key);
  spellingsMade.set(key, made);
  return made;
}

function spell(key: string): Set<string> {
  const toneless = key.normalize("NFD").replace(TONES, "").normalize("NFC");
  const onlyStroke = toneless.normalize("NFD").replace(MARKS, "");
  return new Set([key, toneless, onlyStroke, fold(key)]);
}

/** To be called when all lists are taken in. */
export function forgetSpellings(): void {
  spellingsMade.clear();
}
