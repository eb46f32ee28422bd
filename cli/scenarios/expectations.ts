/** What `--expect` may say, as checks. */
import { Fault } from "../../src/core/fault.ts";
import type { Check } from "./scenario.ts";
import { isEventType } from "./story.ts";

const FORMS = "replies=1, status=200, state=bot, event=takeover, reply~words or reply!~words";

/**
 * @param typed like `replies=1` or `reply~ảnh`
 * @throws Fault `usage` that lists what there is
 */
export function checkOf(typed: string): Check {
  const [, what = "", how = "", value = ""] = /^(\w+)\s*(=|~|!~)\s*(.+)$/s.exec(typed.trim()) ?? [];
  const says = `expected: ${typed.trim()}`;
  switch (`${what}${how}`) {
    case "replies=":
      if (/^\d{1,4}$/.test(value)) return { says, kind: "replies", count: Number(value) };
      break;
    case "status=":
      if (/^[1-5]\d\d$/.test(value)) return { says, kind: "status", status: Number(value) };
      break;
    case "state=":
      if (value === "bot" || value === "human" || value === "blocked") return { says, kind: "state", state: value };
      break;
    case "event=":
      if (isEventType(value)) return { says, kind: "event", type: value };
      break;
    case "reply~":
    case "reply!~":
      return { says, kind: "speaks", words: value, absent: how === "!~" };
  }
  throw new Fault("usage", `"${typed}" is nothing that can be expected.`, `There is: ${FORMS}.`);
}
