/** What an agent is asked about a claimed turn. */
import type { Picture, Question } from "../core/agent.ts";
import type { ClaimedTurn } from "../core/claim.ts";
import { languageOf, languageOfLocale } from "../core/language.ts";

/** Pictures for the agent, and in words what became of the others. */
export interface Shown {
  readonly pictures: readonly Picture[];
  readonly notes: readonly string[];
}

export function questionOf(claimed: ClaimedTurn, personHash: string, shown: Shown): Question {
  return {
    channel: claimed.whose.channel,
    conversationId: String(claimed.whose.conversation),
    personHash,
    contactName: claimed.contactName,
    history: claimed.history,
    parts: claimed.parts,
    pictures: shown.pictures,
    notes: [...notesOf(claimed, shown), ...shown.notes],
    language: languageIn(claimed),
  };
}

/** What the agent is told about a turn that belongs to an earlier one. */
function notesOf({ amends, earlierPictures }: ClaimedTurn, { pictures }: Shown): string[] {
  const notes: string[] = [];
  if (amends !== null && amends !== "") {
    notes.push(
      `The attachment belongs to what the customer said earlier, and was answered then without it: "${amends}"`,
    );
  }
  if (earlierPictures.length > 0) {
    // Not every agent is shown pictures, and not every picture can still be fetched.
    const again = pictures.length > 0 ? "; it is shown once more" : "";
    notes.push(`The words point at the picture sent before${again}.`);
  }
  return notes;
}

/** A command, and what a deep link puts behind `/start`. In a group a name stands before it. */
const COMMAND = /^(?:[^:\n]+: )?\/(?:start(?:@\w+)?(?:\s+[\w-]{1,64}\s*$)?|\w+(?:@\w+)?)(?=\s|$)/i;

/** A photo alone has no words, and those of a command are nobody's; what was said before tells the language, else the app. */
export function languageIn({ parts, history }: ClaimedTurn): "vi" | "en" {
  const words = parts.map((part) => ownWords(part.text)).join("\n");
  if (words.trim() !== "") return languageOf(words);
  const earlier = history.findLast(({ by, text }) => by === "client" && ownWords(text) !== "");
  if (earlier !== undefined) return languageOf(ownWords(earlier.text));
  return languageOfLocale(parts.findLast(({ locale }) => locale !== undefined)?.locale ?? "vi");
}

function ownWords(text: string): string {
  return text.replace(COMMAND, "").trim();
}
