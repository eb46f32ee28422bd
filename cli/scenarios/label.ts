/** What a webhook is called where it is shown. */
import type { Deed, Happening, OddBody, Signature } from "./scenario.ts";

export interface Label {
  /** A word or two: "text", "image", "text + image". */
  readonly what: string;
  /** What was said, as it was said; "" for nothing. */
  readonly text: string;
  /** What else there is to know; "" for nothing. */
  readonly detail: string;
}

const PROOF: Readonly<Record<Signature, string>> = {
  genuine: "",
  wrong: "(signed with another secret)",
  missing: "(not signed)",
};

export function labelOf(deed: Exclude<Deed, { kind: "kill" }>): Label {
  switch (deed.kind) {
    case "stall":
      return { what: "stall", text: "", detail: `${deed.text} and nothing more` };
    case "again":
      return { what: "again", text: "", detail: `the same bytes as ${deed.step}` };
    case "post-odd":
      return { what: "body", text: "", detail: joined(" ", oddDetail(deed.body), PROOF[deed.signature]) };
    case "post": {
      const labels = deed.happenings.map(happeningLabel);
      const what = joined(" + ", ...labels.map((label) => label.what));
      return {
        what: deed.standby ? `standby ${what}` : what,
        text: joined(" + ", ...labels.map((label) => label.text)),
        detail: joined(" ", ...labels.map((label) => label.detail), PROOF[deed.signature]),
      };
    }
  }
}

function happeningLabel(happening: Happening): Label {
  switch (happening.kind) {
    case "text":
      return { what: happening.quickReply === undefined ? "text" : "quick reply", text: happening.text, detail: "" };
    case "attachment":
      return { what: happening.types.join(" + "), text: happening.caption ?? "", detail: "" };
    case "postback":
      return { what: "postback", text: happening.title, detail: happening.payload };
    case "reaction":
      return { what: "reaction", text: "", detail: `${happening.emoji} to ${happening.to}` };
    case "edit":
      return { what: "edit", text: happening.text, detail: `instead of ${happening.of}` };
    case "unsend":
      return { what: "unsend", text: "", detail: happening.of };
    case "own-echo":
      return { what: "echo", text: "", detail: "the reply, shown back" };
    case "human-echo":
      return { what: "a human", text: happening.text, detail: "" };
    case "referral":
    case "optin":
      return { what: happening.kind, text: "", detail: happening.ref };
    case "reachability":
      return { what: happening.reachable ? "unblocked" : "blocked", text: "", detail: "" };
    case "delivery":
    case "read":
    case "handover":
      return { what: happening.kind, text: "", detail: "" };
  }
}

function oddDetail(body: OddBody): string {
  switch (body.kind) {
    case "bytes":
      return body.text;
    case "given":
      return `${body.bytes.length} bytes as given`;
    case "json":
      return JSON.stringify(body.value);
    case "padded":
      return `${body.bytes} bytes`;
    case "nested":
      return `${body.depth} lists in one another`;
  }
}

function joined(between: string, ...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(between);
}
