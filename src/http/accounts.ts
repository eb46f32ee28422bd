/** The accounts in the admin API: which there are, and what people do with them. */
import { Elysia } from "elysia";
import { z } from "zod";
import type { Account } from "../core/account.ts";
import { CHANNEL_NAMES, type ChannelName } from "../core/channel.ts";
import { Fault } from "../core/fault.ts";
import type { Store } from "../core/store.ts";
import { HttpFault } from "./faults.ts";
import { read } from "./asked.ts";
import { showAccount } from "./rows.ts";

/** What can be done with accounts. Accounts are named by our number or by the platform's id. */
export interface AccountDesk {
  /**
   * Takes an account into service by its token, effective at once. One that is known gets the token as its new one.
   *
   * @throws Fault credentials, unreachable, settings when the channel cannot be used
   */
  add(channel: ChannelName, token: string): Promise<{ readonly account: Account; readonly isNew: boolean }>;
  /** @throws Fault not_found, and as `add`; credentials also when the token is another account's */
  setToken(id: string, token: string): Promise<Account>;
}

const token = z.string().trim().min(1).max(1_000);
const NewAccount = z.object({ channel: z.enum(CHANNEL_NAMES), token });
const NewToken = z.object({ token });

export function accountRoutes(store: Store, desk: AccountDesk) {
  return new Elysia()
    .get("/api/accounts", async () => ({ data: (await store.accounts()).map(showAccount), next: null }))
    .post("/api/accounts", async ({ body, set }) => {
      const { channel, token: given } = read(NewAccount, body);
      const { account, isNew } = await desk.add(channel, given).catch(aboutThePlatform);
      set.status = isNew ? 201 : 200;
      return showAccount(account);
    })
    .put("/api/accounts/:id/token", async ({ params, body }) =>
      showAccount(await desk.setToken(params.id, read(NewToken, body).token).catch(aboutThePlatform)),
    );
}

/** A 401 would be about the caller's own token, and what the settings lack is no failure of the server's. */
function aboutThePlatform(error: unknown): never {
  if (!(error instanceof Fault)) throw error;
  if (error.code === "credentials") throw new HttpFault(422, error.code, error.message, error.fix);
  if (error.code === "settings") throw new HttpFault(409, error.code, error.message, error.fix);
  throw error;
}
