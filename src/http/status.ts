import { z } from "zod";
import { CHANNEL_NAMES } from "../core/channel.ts";

const count = z.number().int().nonnegative();

/** `GET /api/status`: how the server is doing. Times are epoch ms. */
export const Status = z.object({
  server: z.object({ version: z.string(), started_at: z.number(), now: z.number() }),
  lag_ms: z.number().nonnegative(),
  rates: z.object({ webhooks_per_minute: count, replies_per_minute: count }),
  reply_p95_ms: z.number().nullable(),
  depths: z.object({
    gathering: count,
    ready: count,
    running: count,
    pending: count,
    ambiguous: count,
    parked: count,
    dead: count,
  }),
  breakers: z.array(
    z.object({ scope: z.string(), state: z.enum(["closed", "open", "half_open"]), until: z.number().nullable() }),
  ),
  accounts: z.array(
    z.object({
      channel: z.enum(CHANNEL_NAMES),
      account: z.string(),
      name: z.string(),
      state: z.enum(["active", "paused", "auth_failed"]),
      webhooks_per_minute: count,
    }),
  ),
});
export type Status = z.infer<typeof Status>;
