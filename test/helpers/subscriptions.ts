import type { Subscriptions } from "../../src/core/subscription.ts";

const nobody = async () => ({ kind: "unreachable", reason: "nobody asks" }) as const;

/** Of a channel whose subscriptions are nobody's concern. */
export const UNASKED: Subscriptions = { inspect: nobody, subscribe: nobody, unsubscribe: nobody };
