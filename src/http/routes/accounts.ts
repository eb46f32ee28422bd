/** The accounts in the admin API: which there are, and what people do with them. */
import { z } from "zod";
import type { Account as AccountNoun } from "../../core/account.ts";
import type { ChannelName } from "../../core/channel.ts";
import { Fault } from "../../core/fault.ts";
import type { Change, Subscription } from "../../core/subscription.ts";
import { HttpFault } from "../faults.ts";
import { created, ok, route, type Route } from "../route.ts";
import { showAccount, showInspection } from "../rows.ts";
import { Account, channel, pageOf, time } from "../shapes.ts";

/** An account, and what its platform has noted down for it. */
export interface Inspection {
  readonly account: AccountNoun;
  /** The address of ours that the platform is to have; null when nobody told us ours, or it needs none. */
  readonly expected: string | null;
  readonly subscription: Subscription;
}

/** What became of an account's subscription when it was taken out of service. */
export interface Removal {
  readonly account: AccountNoun;
  /** `removed`: it was ours. `elsewhere`: it was somebody else's and stays. `unknown`: the platform could not be asked. */
  readonly webhook: "removed" | "elsewhere" | "none" | "unknown";
  /** Why it is not known; null when it is. */
  readonly note: string | null;
}

/**
 * What can be done with accounts. `id` is our number or the platform's id. All but `add` fail with Fault not_found for an
 * unknown one, and all with credentials (the platform refused the token), unreachable, or settings (the channel cannot be
 * used, or our own address is not known).
 */
export interface AccountDesk {
  /** Takes an account into service by its token, effective at once. One that is known gets the token as its new one. */
  add(channel: ChannelName, token: string): Promise<{ readonly account: AccountNoun; readonly isNew: boolean }>;
  /** @throws Fault credentials also when the token is another account's */
  setToken(id: string, token: string): Promise<AccountNoun>;
  /** Asks the platform, and changes nothing. */
  inspect(id: string): Promise<Inspection>;
  /**
   * Has the account's updates come here.
   *
   * @param replace the address that somebody agreed to replace; null for none
   * @throws Fault refused when updates go to another address than that one (R12), or the platform does not take ours
   */
  subscribe(id: string, replace: string | null): Promise<Inspection & { readonly changes: readonly Change[] }>;
  /** Takes the account out of service, and its subscription with it if that is ours. Its history stays. */
  remove(id: string): Promise<Removal>;
}

const tag = "Accounts";
const token = z.string().trim().min(1).max(1_000);
const refuses = {
  409: "the channel's settings are not there",
  422: "the platform refuses the token",
  502: "the platform cannot be reached",
};

const params = { id: "The account's number, or the platform's id of the page or bot." };

const InspectionShape = z.strictObject({
  account: Account,
  expected: z
    .string()
    .nullable()
    .describe("The address of ours that the platform is to have; null when it needs none."),
  leads: z.enum(["here", "elsewhere", "nowhere"]).describe("Where updates go."),
  url: z.string().nullable().describe("The address in the platform's notes."),
  updates: z.array(z.string()).readonly().nullable().describe("Kinds of updates it sends; null: its own choice."),
  pending: z.number().int().nullable().describe("Updates that wait there."),
  last_error: z.strictObject({ at: time, message: z.string() }).nullable(),
  findings: z.array(z.strictObject({ code: z.string(), message: z.string(), fix: z.string() })).readonly(),
});

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
    params,
    refuses: { 404: "there is no such account", ...refuses },
    body: z.object({ token }),
    answers: { 200: Account },
    async handle({ accounts }, { params: { id = "" }, body }) {
      return ok(showAccount(await accounts.setToken(id, body.token).catch(aboutThePlatform)));
    },
  }),
  route({
    method: "GET",
    path: "/api/accounts/{id}/subscription",
    tag,
    summary: "Ask the platform where an account's updates go",
    description: "Changes nothing. What keeps updates from coming, or soon will, is told in `findings`.",
    params,
    refuses: { 404: "there is no such account", ...refuses },
    answers: { 200: InspectionShape },
    async handle({ accounts }, { params: { id = "" } }) {
      return ok(showInspection(await accounts.inspect(id).catch(aboutThePlatform)));
    },
  }),
  route({
    method: "POST",
    path: "/api/accounts/{id}/subscription",
    tag,
    summary: "Have an account's updates come to this server",
    description:
      "Updates that go to another address are left alone, unless `replace` names that very address. Where messages are " +
      "asked for (TELEGRAM_MODE=polling) this takes the webhook away instead.",
    params,
    refuses: {
      404: "there is no such account",
      ...refuses,
      409: "updates go elsewhere, the platform does not take our address, or the settings do not tell it",
    },
    body: z.object({ replace: z.string().max(2_000).nullish().describe("The address that may be replaced.") }),
    answers: {
      200: InspectionShape.extend({
        changes: z
          .array(z.strictObject({ what: z.enum(["url", "updates"]), from: z.string(), to: z.string() }))
          .readonly(),
      }),
    },
    async handle({ accounts }, { params: { id = "" }, body }) {
      const done = await accounts.subscribe(id, body.replace ?? null).catch(aboutThePlatform);
      return ok({ ...showInspection(done), changes: done.changes });
    },
  }),
  route({
    method: "DELETE",
    path: "/api/accounts/{id}",
    tag,
    summary: "Take an account out of service",
    description: "Its webhook is taken away if it is ours. What was said stays; what is owed is given up.",
    params,
    refuses: { 404: "there is no such account" },
    answers: {
      200: z.strictObject({
        account: Account,
        webhook: z
          .enum(["removed", "elsewhere", "none", "unknown"])
          .describe("`elsewhere`: it is somebody else's and stays. `unknown`: the platform could not be asked."),
        note: z.string().nullable(),
      }),
    },
    async handle({ accounts }, { params: { id = "" } }) {
      const { account, webhook, note } = await accounts.remove(id).catch(aboutThePlatform);
      return ok({ account: showAccount(account), webhook, note });
    },
  }),
];

/** A 401 would be about the caller's own token, and what the settings lack is no failure of the server's. */
function aboutThePlatform(error: unknown): never {
  if (!(error instanceof Fault)) throw error;
  if (error.code === "credentials") throw new HttpFault(422, error.code, error.message, error.fix);
  if (error.code === "settings" || error.code === "refused") {
    throw new HttpFault(409, error.code, error.message, error.fix);
  }
  throw error;
}
