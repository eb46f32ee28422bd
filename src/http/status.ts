import { z } from "zod";
import { channel, time } from "./shapes.ts";

const count = z.number().int().nonnegative();

/** `GET /api/status`: how the server is doing. Times are epoch ms. */
export const Status = z.strictObject({
  server: z.strictObject({ version: z.string(), started_at: time, now: time }),
  lag_ms: z.number().nonnegative(),
  rates: z.strictObject({ webhooks_per_minute: count, replies_per_minute: count }),
  reply_p95_ms: z.number().nullable(),
  depths: z.strictObject({
    gathering: count,
    ready: count,
    running: count,
    pending: count,
    ambiguous: count,
    parked: count,
    dead: count,
  }),
  breakers: z.array(
    z.strictObject({ scope: z.string(), state: z.enum(["closed", "open", "half_open"]), until: time.nullable() }),
  ),
  accounts: z.array(
    z.strictObject({
      channel,
      account: z.string(),
      name: z.string(),
      state: z.enum(["active", "paused", "auth_failed"]),
      webhooks_per_minute: count,
    }),
  ),
});
export type Status = z.infer<typeof Status>;
