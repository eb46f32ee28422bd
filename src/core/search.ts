import { fold } from "./letters.ts";

/**
 * Looks for words in texts, as people expect who type in a hurry: case never counts, and marks count only when some are
 * typed. "hang" finds "Chị Hằng" and "hàng", "hằng" finds "Chị Hằng" alone. Spaces count once.
 *
 * @param query what is looked for; an empty one is found everywhere
 */
export function seeker(query: string): (text: string) => boolean {
  const looked = plain(query);
  const folded = fold(looked);
  if (folded === looked) return (text) => fold(plain(text)).includes(folded);
  return (text) => plain(text).includes(looked);
}

function plain(text: string): string {
  return text.normalize("NFC").toLowerCase().replaceAll(/\s+/g, " ").trim();
}
