/** The accounts in the admin API: which there are, and what people do with them. */
import { z } from "zod";
import type { Account as AccountNoun } from "../../core/account.ts";
import type { ChannelName } from "../../core/channel.ts";
import { Fault } from "../../core/fault.ts";
import { HttpFault } from "../faults.ts";
import { created, ok, route, type Route } from "../route.ts";
import { showAccount } from "../rows.ts";
import { Account, channel, pageOf } from "../shapes.ts";

/** What can be done with accounts. Accounts are named by our number or by the platform's id. */
export interface AccountDesk {
  /**
   * Takes an account into service by its token, effective at once. One that is known gets the token as its new one.
   *
   * @throws Fault credentials, unreachable, settings when the channel cannot be used
   */
  add(channel: ChannelName, token: string): Promise<{ readonly account: AccountNoun; readonly isNew: boolean }>;
  /** @throws Fault not_found, and as `add`; credentials also when the token is another account's */
  setToken(id: string, token: string): Promise<AccountNoun>;
}

const tag = "Accounts";
const token = z.string().trim().min(1).max(1_000);
const refuses = {
  409: "the channel's settings are not there",
  422: "the platform refuses the token",
  502: "the platform cannot be reached",
};

export const accountRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/accounts",
    tag,
    summary: "List the pages and bots, and whether their tokens work",
    answers: { 200: pageOf(Account) },
    handle: async ({ store }) => ok({ data: (await store.accounts()).map(showAccount), next: null }),
  }),
  route({
    method: "POST",
    path: "/api/accounts",
    tag,
    summary: "Take a page or bot into service by its token",
    description: "Effective at once. 201 for a new one; one that is known gets the token as its new one.",
    refuses,
    body: z.object({ channel, token }),
    answers: { 200: Account, 201: Account },
    async handle({ accounts }, { body }) {
      const { account, isNew } = await accounts.add(body.channel, body.token).catch(aboutThePlatform);
      return isNew ? created(showAccount(account)) : ok(showAccount(account));
    },
  }),
  route({
    method: "PUT",
    path: "/api/accounts/{id}/token",
    tag,
    summary: "Give an account a new token",
    params: { id: "The account's number, or the platform's id of the page or bot." },
    refuses: { 404: "there is no such account", ...refuses },
    body: z.object({ token }),
    answers: { 200: Account },
    async handle({ accounts }, { params: { id = "" }, body }) {
      return ok(showAccount(await accounts.setToken(id, body.token).catch(aboutThePlatform)));
    },
  }),
];

/** A 401 would be about the caller's own token, and what the settings lack is no failure of the server's. */
function aboutThePlatform(error: unknown): never {
  if (!(error instanceof Fault)) throw error;
  if (error.code === "credentials") throw new HttpFault(422, error.code, error.message, error.fix);
  if (error.code === "settings") throw new HttpFault(409, error.code, error.message, error.fix);
  throw error;
}
