import type { Account } from "../core/account.ts";
import type { ChannelName } from "../core/channel.ts";
import { Fault } from "../core/fault.ts";
import type { Store } from "../core/store.ts";

/**
 * The account that a person or a program sends from.
 *
 * @param externalId the platform's id; needed when several could be meant
 * @throws Fault not_found, account_ambiguous
 */
export async function senderOf(
  store: Pick<Store, "accounts">,
  channel: ChannelName,
  externalId: string | undefined,
): Promise<Account> {
  const accounts = (await store.accounts()).filter((account) => account.channel === channel);
  const named = externalId === undefined ? accounts : accounts.filter((account) => account.externalId === externalId);
  const [first, second] = named;
  if (first === undefined)
    throw new Fault("not_found", `there is no such ${channel} account`, "GET /api/accounts lists them.");
  if (second !== undefined) {
    throw new Fault(
      "account_ambiguous",
      `there are ${named.length} ${channel} accounts`,
      "Say which one with `account`.",
    );
  }
  return first;
}
