/** What the owner's service answered, read without acting: pure, so that every case is a line in a test. */
import { z } from "zod";
import type { Action, Reply } from "../core/reply.ts";

const AnswerBody = z.object({ reply: z.string(), actions: z.array(z.unknown()).nullish().catch(null) });

const title = z.string().trim().min(1);
const webAddress = z.string().refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text));

const ActionBody = z.discriminatedUnion("type", [
  z.object({ type: z.enum(["reply", "postback"]), title, payload: z.string().nullish() }),
  z.object({ type: z.literal("url"), title, url: webAddress }),
  z.object({ type: z.literal("phone"), title, payload: z.string().regex(/\d/) }),
]);

/**
 * Reads the body of a 200. Fields that nobody asked for pass, and an action that makes no sense is dropped: the words above
 * it are worth more than the button.
 *
 * @returns the reply, or what was wrong, to follow the words "the agent service's answer"
 */
export function replyIn(body: Uint8Array): { readonly reply: Reply } | { readonly wrong: string } {
  const parsed = AnswerBody.safeParse(jsonIn(body));
  if (!parsed.success) return { wrong: 'was not JSON like {"reply":"…"}' };
  const text = parsed.data.reply.trim().toWellFormed();
  if (text === "") return { wrong: "was an empty reply" };
  return { reply: { text, actions: (parsed.data.actions ?? []).flatMap(actionIn) } };
}

/** Undefined for what is no JSON. */
function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

function actionIn(given: unknown): Action[] {
  const parsed = ActionBody.safeParse(given);
  if (!parsed.success) return [];
  const action = parsed.data;
  switch (action.type) {
    case "url":
    case "phone":
      return [action];
    case "reply":
    case "postback":
      return [
        {
          type: action.type,
          title: action.title,
          ...(typeof action.payload === "string" ? { payload: action.payload } : {}),
        },
      ];
  }
}
