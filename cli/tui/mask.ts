/** Names and texts hidden, for screens that others see. How much was said stays visible. */

import { characters } from "./text.ts";

/** A text whose words are dots. */
export function hidden(text: string): string {
  return text.replace(/[^\s]+/g, (word) => "•".repeat(Math.min(8, characters(word).length)));
}
