/** How the server is doing, in one look: what `GET /api/status` answers. */
import { version } from "../../package.json" with { type: "json" };
import type { Clock } from "../core/clock.ts";
import type { Store } from "../core/store.ts";
import type { Lag } from "../events/lag.ts";
import type { Rates } from "../events/rates.ts";
import type { Status } from "../http/status.ts";

export interface StatusParts {
  readonly store: Pick<Store, "accounts" | "depths" | "breakers">;
  readonly clock: Clock;
  readonly rates: Rates;
  readonly lag: Lag;
  readonly startedAt: number;
}

export async function statusOf({ store, clock, rates, lag, startedAt }: StatusParts): Promise<Status> {
  const [accounts, depths, breakers] = await Promise.all([store.accounts(), store.depths(), store.breakers()]);
  const { webhooks, replies } = rates.perMinute();
  const model = { scope: "model", ...rates.model() };
  return {
    server: { version, started_at: startedAt, now: clock.now() },
    lag_ms: lag.ms(),
    rates: { webhooks_per_minute: webhooks, replies_per_minute: replies },
    reply_p95_ms: rates.replyP95Ms(),
    depths,
    breakers: [
      model,
      ...breakers.map(({ channel, account, breaker: { state, untilAt } }) => {
        return { scope: `${channel}:${account}`, state, until: state === "open" ? untilAt : null };
      }),
    ],
    accounts: accounts.map(({ channel, externalId, name, state }) => {
      const webhooks_per_minute = rates.accountPerMinute(channel, externalId);
      return { channel, account: externalId, name, state, webhooks_per_minute };
    }),
  };
}
