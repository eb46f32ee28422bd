/** The pane on the right: what was said, why the bot waited, what became of the answer. */
import { ends, filled, span, type Line } from "../line.ts";
import { layoutOf } from "../layout.ts";
import { pageName, personName, placed, selectedBlocks, selectedConversation } from "../select.ts";
import { shownNow, type State } from "../state.ts";
import { liveLines } from "../transcript.ts";
import { paneTitle, underCursor, windowFrom } from "./pane.ts";

export function transcriptPane(state: State): Line[] {
  const { right: width, transcript: height } = layoutOf(state);
  if (height === 0) return [];
  const focused = state.pane === "transcript";
  const conversation = selectedConversation(state);
  if (conversation === null) return filled([paneTitle("Nothing selected", "", focused, width)], width, height);
  const { channel, account, id } = conversation;
  const title = `${personName(state, conversation)} · ${pageName(state, account)} · ${channel}`;
  const head = paneTitle(title, answeredBy(conversation.state), focused, width);
  const live = liveLines(conversation, shownNow(state), width - 1).slice(0, Math.max(1, Math.floor(height / 3)));
  const room = height - 1 - live.length;
  const blocks = selectedBlocks(state);
  const { lines, at } = placed(blocks, state.place);
  const from = windowFrom(lines.length, at, room);
  const shown = lines.slice(from, from + room).map(({ block, line }, i): Line => {
    const own: Line = [span(" "), ...(blocks[block]?.lines[line] ?? [])];
    return focused && from + i === at ? underCursor(own, true, width) : own;
  });
  if (lines.length === 0)
    shown.push([span(state.messages.has(id) ? " No message is kept." : " Asking the server …", "quiet")]);
  const below = lines.length - from - shown.length;
  const more = below > 0 ? [ends([], [span(`${below} more lines below (G) `, "quiet")], width)] : [];
  const body = filled(shown, width, room);
  if (more.length > 0) body.splice(room - 1, 1, ...more);
  return [
    head,
    ...body,
    ...filled(
      live.map((line): Line => [span(" "), ...line]),
      width,
      live.length,
    ),
  ];
}

function answeredBy(state: "bot" | "human" | "blocked"): string {
  return { bot: "bot answers", human: "human answers", blocked: "blocked" }[state];
}
