/** Which page reports what to the app. */
import { invalidParameter, type GraphError } from "./graph-error.ts";
import { asList, asText } from "./json.ts";

/** The fields of a page subscription that concern messages. */
const FIELDS = [
  "messages",
  "messaging_postbacks",
  "messaging_referrals",
  "messaging_optins",
  "message_deliveries",
  "message_reads",
  "message_reactions",
  "message_edits",
  "message_echoes",
  "messaging_handovers",
  "standby",
  "messaging_account_linking",
  "messaging_policy_enforcement",
  "messaging_feedback",
  "response_feedback",
];

export class Subscriptions {
  private readonly byPage = new Map<string, readonly string[]>();

  /** A page of the sandbox begins like one that was set up well: subscribed to everything. */
  fields(page: string): readonly string[] {
    return this.byPage.get(page) ?? FIELDS;
  }

  /** Takes the whole list: whether Graph replaces or merges is not documented, so callers must send all they want. */
  subscribe(page: string, fields: unknown): GraphError | null {
    const wanted = listOf(fields);
    if (wanted.length === 0) return invalidParameter("The parameter subscribed_fields is required.");
    const unknown = wanted.findIndex((field) => !FIELDS.includes(field));
    if (unknown >= 0) {
      return invalidParameter(`Param subscribed_fields[${unknown}] must be one of {${FIELDS.join(", ")}}`);
    }
    this.byPage.set(page, wanted);
    return null;
  }

  unsubscribe(page: string): void {
    this.byPage.set(page, []);
  }
}

/** A list as JSON, or as words with commas between them. */
function listOf(fields: unknown): string[] {
  const parts = typeof fields === "string" ? fields.split(",") : asList(fields).map((part) => asText(part) ?? "");
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}
