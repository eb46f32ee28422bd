/** What a page shows around its conversations: the Get Started button, greeting, menu and questions to begin with. */
import { invalidParameter, type GraphError } from "./graph-error.ts";
import { asList, asText, type JsonObject } from "./json.ts";

const PROPERTIES = [
  "get_started",
  "greeting",
  "persistent_menu",
  "ice_breakers",
  "commands",
  "whitelisted_domains",
  "account_linking_url",
];

export class MessengerProfiles {
  private readonly byPage = new Map<string, JsonObject>();

  call(page: string, method: string, params: JsonObject): GraphError | { readonly ok: unknown } {
    const held = this.byPage.get(page) ?? {};
    if (method === "GET") return { ok: { data: this.read(held, asText(params["fields"]) ?? "") } };
    if (method === "DELETE") {
      const gone = asList(params["fields"]);
      const left = Object.entries(held).filter(([name]) => !gone.includes(name));
      this.byPage.set(page, Object.fromEntries(left));
      return { ok: { result: "success" } };
    }
    const wanted = Object.entries(params).filter(([name]) => PROPERTIES.includes(name));
    if (wanted.length === 0) return invalidParameter(`Requires one of the params: ${PROPERTIES.join(",")}`);
    const next = { ...held, ...Object.fromEntries(wanted) };
    if ("persistent_menu" in next && !("get_started" in next)) {
      return invalidParameter("You must set a Get Started button if you also wish to use persistent menu");
    }
    this.byPage.set(page, next);
    return { ok: { result: "success" } };
  }

  /** One object with the properties that are set; an empty list when none is. */
  private read(held: JsonObject, fields: string): JsonObject[] {
    const wanted = fields.split(",").map((field) => field.trim());
    const found = Object.entries(held).filter(([name]) => wanted.includes(name));
    return found.length === 0 ? [] : [Object.fromEntries(found)];
  }
}
