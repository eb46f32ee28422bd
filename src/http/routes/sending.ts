import { z } from "zod";
import { channelOf, Recipient } from "../asked.ts";
import { accepted, ok, route, type Route } from "../route.ts";

const tag = "Sending";

const SendRequest = z.object({
  recipient_id: Recipient.describe("The platform's id of the person; a number does as well."),
  text: z.string().trim().min(1).max(20_000),
  account: z.string().optional().describe("The page or bot to send from; needed when there are several."),
});

export const sendingRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/api/integrations/{channel}/send",
    tag,
    summary: "Send a text to one person",
    description:
      "A recipient not met before is tried. 202 when it could not go out at once: it waits in the retry journal.",
    params: { channel: "`messenger` or `telegram`." },
    finds: ({ channel: named }) => void channelOf(named),
    refuses: {
      404: "there is no such channel or account",
      409: "the platform's window for answers has closed",
      422: "there are several accounts, and none is named",
      502: "the platform refused it for good",
    },
    body: SendRequest,
    answers: {
      200: z.strictObject({ recipient_id: z.string(), message_id: z.string() }),
      202: z.strictObject({ delivery_id: z.string() }),
    },
    async handle({ send }, { params, body }) {
      const answer = await send(channelOf(params["channel"]), body);
      if (answer.kind === "sent") return ok({ recipient_id: body.recipient_id, message_id: answer.messageId });
      return accepted({ delivery_id: answer.deliveryId });
    },
  }),
];
