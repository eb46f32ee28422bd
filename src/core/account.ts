import type { ChannelName } from "./channel.ts";

/** `auth_failed`: the platform refused the token. `paused`: the platform or a person told it to be quiet. */
export type AccountState = "active" | "paused" | "auth_failed";

/** A page or a bot: the thing people write to. */
export interface Account {
  readonly id: number;
  readonly channel: ChannelName;
  /** The platform's id, as text: a page id or a bot id. */
  readonly externalId: string;
  readonly name: string;
  readonly state: AccountState;
  /** Why it is not active, in words; null while it is. */
  readonly stateReason: string | null;
  /** The app whose echoes are our own; null until the platform told us. */
  readonly appId: string | null;
}

/** What a channel needs to speak for an account. Lives only as long as one call: tokens are decrypted per use (P1). */
export interface Access {
  readonly externalId: string;
  readonly token: string;
}

/** One token from the environment, made or refreshed as an account. `sealedToken` is opaque here. */
export interface AccountSeed {
  readonly channel: ChannelName;
  readonly externalId: string;
  readonly name: string;
  readonly appId: string | null;
  readonly sealedToken: string;
}
