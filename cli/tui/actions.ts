/** Everything that can happen to the state: news, and what a key means. */
import type { AccountRow, ConversationRow, MessageRow, RetryRow, Status } from "../client.ts";
import type { Heard } from "./feed.ts";
import type { Link } from "./state.ts";

/** What comes from the outside. Times by our clock. */
export type News =
  | { readonly type: "tick"; readonly now: number }
  | { readonly type: "resized"; readonly columns: number; readonly rows: number }
  | { readonly type: "link"; readonly link: Link; readonly now: number }
  | { readonly type: "heard"; readonly heard: readonly Heard[]; readonly now: number }
  | { readonly type: "status"; readonly status: Status | null; readonly askedAt: number; readonly now: number }
  | { readonly type: "listed"; readonly rows: readonly ConversationRow[] }
  | { readonly type: "messages"; readonly conversation: number; readonly rows: readonly MessageRow[] }
  | { readonly type: "accounts"; readonly rows: readonly AccountRow[] }
  | { readonly type: "retries"; readonly rows: readonly RetryRow[] }
  | { readonly type: "said"; readonly text: string; readonly tone: "good" | "bad" | "quiet"; readonly now: number }
  /** A takeover by us has succeeded: the reply can be typed. */
  | { readonly type: "taken"; readonly conversation: number; readonly now: number }
  | { readonly type: "released"; readonly conversation: number; readonly now: number }
  /** A reply could not be sent: what was typed must not be lost. */
  | { readonly type: "returned"; readonly conversation: number; readonly text: string };

/** What a key means. Those of `Errand` also make the session do something. */
export type Intent =
  | { readonly type: "quit" }
  | { readonly type: "move"; readonly by: number }
  | { readonly type: "page"; readonly by: 1 | -1 }
  | { readonly type: "first" }
  | { readonly type: "last" }
  | { readonly type: "next-pane" }
  | { readonly type: "previous-pane" }
  | { readonly type: "open" }
  | { readonly type: "back" }
  | { readonly type: "pause" }
  | { readonly type: "filter" }
  | { readonly type: "detail" }
  | { readonly type: "raw" }
  | { readonly type: "errors" }
  | { readonly type: "mask" }
  | { readonly type: "help" }
  // While something is typed:
  | { readonly type: "insert"; readonly text: string }
  | { readonly type: "erase" }
  | { readonly type: "erase-word" }
  | { readonly type: "erase-all" }
  | { readonly type: "delete" }
  | { readonly type: "cursor"; readonly by: number }
  | { readonly type: "cursor-first" }
  | { readonly type: "cursor-last" }
  | { readonly type: "recall"; readonly by: 1 | -1 }
  | { readonly type: "cancel" }
  | Errand;

/** What reaches outside, beside changing the state. */
export type Errand =
  | { readonly type: "submit" }
  | { readonly type: "retry" }
  | { readonly type: "take-over" }
  | { readonly type: "release" }
  | { readonly type: "copy" }
  | { readonly type: "export" };

export type Action = News | Intent;
