/** Checks of single fields, in the words Graph has for each. */
import { invalidParameter, type GraphError } from "./graph-error.ts";
import { isObject, type JsonObject } from "./json.ts";

/** What Graph answers; null when there is nothing to complain about. */
export type Complaint = GraphError | null;

/** A text that is there, says something, is whole characters, and is not too long. */
export function checkText(name: string, value: unknown, limit: number): Complaint {
  // A text cut inside a surrogate pair has no UTF-8 form.
  if (typeof value !== "string" || value.trim() === "" || !value.isWellFormed()) {
    return invalidParameter(`Param ${name} must be a non-empty UTF-8 encoded string`);
  }
  return value.length > limit
    ? invalidParameter(`Length of param ${name} must be less than or equal to ${limit}`)
    : null;
}

export function checkUrl(name: string, value: unknown): Complaint {
  const url = typeof value === "string" ? URL.parse(value) : null;
  const fetchable = url?.protocol === "https:" || url?.protocol === "http:";
  return fetchable ? null : invalidParameter(`Param ${name} should represent a valid URL`);
}

/** A list of objects, each of which passes `check`. */
export function checkList(
  name: string,
  value: unknown,
  least: number,
  most: number,
  check: (item: JsonObject, name: string) => Complaint,
): Complaint {
  if (!Array.isArray(value)) return invalidParameter(`Param ${name} must be an array.`);
  const items: readonly unknown[] = value;
  if (items.length < least)
    return invalidParameter(`Length of param ${name} must be greater than or equal to ${least}`);
  if (items.length > most) return invalidParameter(`Length of param ${name} must be less than or equal to ${most}`);
  for (const [index, item] of items.entries()) {
    const at = `${name}[${index}]`;
    const complaint = isObject(item) ? check(item, at) : invalidParameter(`Param ${at} must be an object`);
    if (complaint !== null) return complaint;
  }
  return null;
}

/** One of these words, or nothing at all. */
export function checkOneOf(name: string, value: unknown, allowed: readonly string[]): Complaint {
  if (value === undefined || (typeof value === "string" && allowed.includes(value))) return null;
  return invalidParameter(`Param ${name} must be one of {${allowed.join(", ")}}`);
}
