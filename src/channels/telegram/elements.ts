/**
 * The elements of an array inside a JSON object, each as the very text it came in: what is stored is what the platform
 * sent, and never our own writing of it (guarantees S4).
 *
 * @param json valid JSON, an object
 * @param name a key of that object whose value is an array
 * @returns the texts of its elements, in order; none when there is no such array
 */
export function elementsOf(json: string, name: string): string[] {
  const from = arrayAt(json, name);
  if (from === null) return [];
  const elements: string[] = [];
  let depth = 0;
  let start = from + 1;
  for (let at = start; at < json.length; at++) {
    const character = json[at];
    if (character === '"') {
      at = endOfString(json, at);
    } else if (character === "[" || character === "{") {
      depth++;
    } else if (depth > 0) {
      if (character === "]" || character === "}") depth--;
    } else if (character === "," || character === "]") {
      const element = json.slice(start, at).trim();
      if (element !== "") elements.push(element);
      if (character === "]") return elements;
      start = at + 1;
    }
  }
  return elements;
}

/** Where the array of a top-level key opens; of the last such key, as JSON.parse has it. */
function arrayAt(json: string, name: string): number | null {
  let found: number | null = null;
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '"') {
      const end = endOfString(json, at);
      // At the top level of an object only keys are followed by a colon.
      const value = depth === 1 ? /^\s*:\s*/.exec(json.slice(end + 1, end + 200)) : null;
      if (value !== null && JSON.parse(json.slice(at, end + 1)) === name) {
        const opens = end + 1 + value[0].length;
        found = json[opens] === "[" ? opens : null;
      }
      at = end;
    } else if (character === "[" || character === "{") {
      depth++;
    } else if (character === "]" || character === "}") {
      depth--;
    }
  }
  return found;
}

/** @param at where the opening quote stands @returns where the closing one does */
function endOfString(json: string, at: number): number {
  let end = at + 1;
  while (end < json.length && json[end] !== '"') end += json[end] === "\\" ? 2 : 1;
  return end;
}
