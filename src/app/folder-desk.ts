/** Managing accounts while no server runs: the desk of a running one, on the same database. */
import { randomUUIDv7 } from "bun";
import type { Config } from "../config.ts";
import type { ChannelName } from "../core/channel.ts";
import { systemClock } from "../core/clock.ts";
import type { Store } from "../core/store.ts";
import type { AccountDesk } from "../http/routes/accounts.ts";
import { showAccount, showInspection } from "../http/rows.ts";
import { databaseExists, lockFolder } from "../store/sqlite/database.ts";
import { openSqliteStore } from "../store/sqlite/index.ts";
import { openVault } from "../vault/open.ts";
import { accountDesk } from "./accounts.ts";
import { channelsOf, checkKey, policyOf } from "./opening.ts";
import { whileOpen } from "./shutdown.ts";
import { Bots, telegramSettings } from "./telegram.ts";
import { accessTo } from "./tokens.ts";

/**
 * Takes the place of the data folder's server for as long as `work` lasts. The folder is made when it is new, so that the
 * first account can come before the first start.
 *
 * @throws Fault busy while a server runs, settings, storage
 */
export async function atTheDesk<T>(config: Config, work: (desk: FolderDesk) => Promise<T>): Promise<T> {
  return await whileOpen(config.dataDir, async (opened) => {
    const clock = systemClock();
    opened.push(lockFolder(config.dataDir));
    const vault = openVault(config.dataDir, config.secretKey, databaseExists(config.dataDir));
    const monotonic = (): number => performance.now();
    const store = openSqliteStore({
      dataDir: config.dataDir,
      policy: policyOf(config),
      newId: randomUUIDv7,
      monotonic,
    });
    opened.push(() => store.close());
    await checkKey(store, vault);
    const settings = config.telegram;
    // Nobody writes a log here.
    const bots = await Bots.open({ settings, store, vault, onSecret: () => {} }, await store.accounts());
    const { appSecret, verifyToken } = config.messenger;
    const messenger =
      appSecret === null || verifyToken === null ? null : { ...config.messenger, appSecret, verifyToken };
    const desk = accountDesk({
      store,
      vault,
      clock,
      channels: channelsOf(
        config,
        messenger,
        telegramSettings(settings, bots, () => clock.now()),
      ),
      access: accessTo(store, vault),
      ours: (account) => bots.ours(account, config.http.publicUrl),
      publish: () => {},
      onSecret: () => {},
      onKnown: (account) => bots.admit(account),
      onSubscribed: () => {},
      onGone: (account) => bots.dismiss(account),
    });
    return await work(answering(desk, store));
  });
}

export type FolderDesk = ReturnType<typeof answering>;

/** The desk with the API's answers as values. */
function answering(desk: AccountDesk, store: Store) {
  return {
    accounts: async () => (await store.accounts()).map(showAccount),
    addAccount: async (channel: ChannelName, token: string) => showAccount((await desk.add(channel, token)).account),
    setToken: async (id: string, token: string) => showAccount(await desk.setToken(id, token)),
    inspect: async (id: string) => showInspection(await desk.inspect(id)),
    async subscribe(id: string, replace: string | null) {
      const { changes, ...inspection } = await desk.subscribe(id, replace);
      return { ...showInspection(inspection), changes };
    },
    async removeAccount(id: string) {
      const { account, webhook, note } = await desk.remove(id);
      return { account: showAccount(account), webhook, note };
    },
  };
}
