/** A call to Graph, read: wherever its parts were written, they are in one place afterwards. */
import { asText, isObject, readJson, type JsonObject } from "./json.ts";
import { parametersIn, type HttpCall } from "./listen.ts";

export interface GraphCall {
  readonly method: string;
  /** Without the version: ["123", "messages"]. */
  readonly path: readonly string[];
  readonly params: JsonObject;
  readonly token: string | null;
}

/** Parameters may stand in the address, in a JSON body or in a form, where objects are JSON texts. */
export function readCall(http: HttpCall): GraphCall {
  const params: Record<string, unknown> = { ...Object.fromEntries(http.query), ...parametersIn(http) };
  for (const name of ["recipient", "message", "fields"]) {
    const value = params[name];
    const parsed = typeof value === "string" ? readJson(value) : undefined;
    if (isObject(parsed) || Array.isArray(parsed)) params[name] = parsed;
  }
  const bearer = /^Bearer (.+)$/i.exec(http.header("authorization") ?? "")?.[1];
  const path = http.path
    .replace(/^\/v\d+\.\d+(?=\/)/, "")
    .split("/")
    .filter((part) => part !== "");
  return { method: http.method, path, params, token: asText(params["access_token"]) ?? bearer ?? null };
}

/** Only the fields that were asked for, and always the id. */
export function pick(object: JsonObject, fields: unknown): JsonObject {
  if (typeof fields !== "string") return object;
  const wanted = new Set(["id", ...fields.split(",").map((field) => field.trim())]);
  return Object.fromEntries(Object.entries(object).filter(([name]) => wanted.has(name)));
}
