/** What the user service answers, as far as we use it. Unknown fields pass. */
import { z } from "zod";

/** A user's id at the service: opaque, and given back as it came. */
export type UserId = string | number;

const Id = z.union([z.string().min(1), z.number()]);
const User = z.object({ id: Id });

/** The user, or the user within `{message, user}`. */
export const UserAnswer = z.union([User, z.object({ user: User }).transform(({ user }) => user)]);

const loose = z.union([z.string(), z.number()]).nullish().catch(null);

/** An interaction that the service has. */
const Listed = z.object({
  id: loose,
  direction: z.string().nullish().catch(null),
  telegram_message_id: loose,
  message_text: z.string().nullish().catch(null),
  metadata: z.looseObject({ update_id: loose, interaction_id: loose }).nullish().catch(null),
});
export type Listed = z.infer<typeof Listed>;

/** A list, bare or in one of the usual wrappers. */
export const ListAnswer = z.union([
  z.array(Listed),
  z.object({ interactions: z.array(Listed) }).transform(({ interactions }) => interactions),
  z.object({ data: z.array(Listed) }).transform(({ data }) => data),
  z.object({ items: z.array(Listed) }).transform(({ items }) => items),
]);

/** What posting an interaction is answered with; nothing of it is needed. */
export const PostedAnswer = z.union([
  z.object({ id: Id }),
  z.object({ interaction: z.object({ id: Id }) }).transform(({ interaction }) => interaction),
]);
