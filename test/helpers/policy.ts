import type { StorePolicy } from "../../src/core/store.ts";
import { DEFAULT_WAITS } from "../../src/core/waits.ts";

/** What a server without any settings decides by, but for Telegram, which holds what is unclear. */
export const POLICY: StorePolicy = {
  waits: DEFAULT_WAITS,
  limits: { perUserPerMinute: null, perAccountPerMinute: null },
  takeoverMs: 12 * 3_600_000,
  delivery: {
    messenger: { quickRetries: 3, echoGraceMs: 30_000, ambiguous: "resend-once" },
    telegram: { quickRetries: 3, echoGraceMs: 0, ambiguous: "hold" },
  },
  interactions: null,
};
