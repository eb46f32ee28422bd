/** Fields of a log line as plain data: errors with their causes, bytes as a size, no cycles. */

/** Deeper than any error chain of ours; what lies below is cut. */
const DEEPEST = 8;

/** What errors carry besides message and stack, that helps to find the reason. Bodies are not among it (M6). */
const ERROR_FIELDS = ["code", "status", "errno", "syscall", "path", "request_id", "requestID", "fix"] as const;

/** A copy that JSON can hold. Own fields only; functions and undefined are left out by whoever writes the JSON. */
export function plain(value: unknown, above: readonly object[] = []): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (above.includes(value)) return "[circular]";
  if (above.length >= DEEPEST) return "[too deep]";
  const within = [...above, value];
  if (value instanceof Error) return plainError(value, within);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((item: unknown) => plain(item, within));
  if ("toJSON" in value && typeof value.toJSON === "function") return plain(value.toJSON(), within);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, within)]));
}

function plainError(error: Error, within: readonly object[]): Record<string, unknown> {
  const told: Record<string, unknown> = { name: error.name, message: error.message };
  for (const field of ERROR_FIELDS) {
    const value: unknown = Reflect.get(error, field);
    if (typeof value === "string" || typeof value === "number") told[field] = value;
  }
  if (error.stack !== undefined) told["stack"] = error.stack;
  if (error.cause !== undefined) told["cause"] = plain(error.cause, within);
  if (error instanceof AggregateError) told["errors"] = plain(error.errors, within);
  return told;
}
