/**
 * JSON text from outside: how deep it goes, and what it is.
 *
 * Channels describe it with zod's small build. The other one costs a server 8 MiB before it has read anything.
 */
import * as z from "zod/mini";

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Whether brackets nest at most so deep. Runs over the bytes, so that no deep JSON is ever parsed. */
export function isShallow(body: Uint8Array, deepest: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (inString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) {
      inString = true;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > deepest) return false;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--;
    }
  }
  return true;
}

/** Text that must hold JSON of a shape. */
export function jsonText<T>(shape: z.ZodMiniType<T>): z.ZodMiniType<T, string> {
  const read = z.transform((text: string, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.issues.push({ code: "custom", message: "not JSON", input: text });
      return z.NEVER;
    }
  });
  return z.pipe(z.pipe(z.string(), read), shape);
}

/** Text with something in it. */
export const Filled = z.string().check(z.minLength(1));

/** What only decorates: null when it is malformed. */
export function decoration<Shape extends z.ZodMiniType>(shape: Shape) {
  return z.catch(z.nullish(shape), null);
}

/** What an answer may tell besides: undefined when it is malformed. */
export function hint<Shape extends z.ZodMiniType>(shape: Shape) {
  return z.catch(z.optional(shape), undefined);
}

/** Where a body differs from what was expected: field names and codes, no contents. */
export function problem(error: z.core.$ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? "malformed" : `${issue.path.join(".") || "value"}: ${issue.code}`;
}
