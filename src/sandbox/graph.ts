/**
 * A Graph API that knows one app and its pages, as far as a Messenger bot needs it.
 *
 * A call passes the same gates as at Meta, in this order: is there a token, whose is it, does the caller know the app's
 * secret, is the object the token's own, and only then what the call wants.
 */
import type { Clock } from "../core/clock.ts";
import { Echoes, shakeHands } from "./echoes.ts";
import { underFault, type Endpoint, type Faults } from "./faults.ts";
import { pick, readCall, type GraphCall } from "./graph-call.ts";
import {
  invalidParameter,
  NO_CURRENT_USER,
  noSuchObject,
  orderedError,
  refusal,
  type GraphError,
} from "./graph-error.ts";
import type { Ids } from "./ids.ts";
import { asText, type JsonObject } from "./json.ts";
import { json, type Handler, type HttpAnswer } from "./listen.ts";
import { MessengerProfiles } from "./messenger-profile.ts";
import { Pages, type SandboxPage, type Speaker } from "./pages.ts";
import { personProfile } from "./people.ts";
import { SendApi } from "./send.ts";
import { Subscriptions } from "./subscriptions.ts";

export interface GraphSettings {
  readonly appSecret: string;
  readonly appId: string;
  /** What the bot's server expects in the handshake. */
  readonly verifyToken: string;
  readonly pages: readonly SandboxPage[];
}

type Result = GraphError | { readonly ok: unknown };

export class Graph {
  readonly pages: Pages;
  readonly echoes: Echoes;
  readonly send: SendApi;
  private readonly subscriptions = new Subscriptions();
  private readonly profiles = new MessengerProfiles();
  private readonly appSubscriptions: JsonObject[] = [];

  constructor(
    private readonly settings: GraphSettings,
    webhookUrl: string | null,
    private readonly faults: Faults,
    private readonly count: (endpoint: Endpoint) => void,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {
    this.pages = new Pages(settings.pages, settings.appId, settings.appSecret);
    this.echoes = new Echoes(webhookUrl, settings.appId, settings.appSecret, clock);
    this.send = new SendApi(this.echoes, this.subscriptions, ids, clock);
  }

  readonly handle: Handler = async (http) => {
    const call = readCall(http);
    const endpoint = this.endpointOf(call);
    this.count(endpoint);
    const refuse = (error: GraphError): HttpAnswer => refusal(error, this.ids);
    const work = async (): Promise<HttpAnswer> => {
      const result = await this.answer(endpoint, call);
      return "ok" in result ? json(200, result.ok) : refuse(result);
    };
    const fault = this.faults.take(endpoint, http);
    return underFault(fault, work, (error) => refuse(orderedError(error)), this.clock, http.gone);
  };

  /** Shakes hands with the bot's server, as when somebody saves the webhook's address. Null when all is well. */
  verifyWebhook(url: string): Promise<string | null> {
    return shakeHands(url, this.settings.verifyToken, this.challenge());
  }

  private async answer(endpoint: Endpoint, call: GraphCall): Promise<Result> {
    const speaker = this.pages.identify(call.token, asText(call.params["appsecret_proof"]));
    if ("code" in speaker) return speaker;
    if (endpoint === "debug_token")
      return { ok: { data: this.pages.describe(asText(call.params["input_token"]) ?? "") } };
    if (endpoint === "app")
      return { ok: pick({ id: this.pages.appId, name: "botctl sandbox" }, call.params["fields"]) };
    if (endpoint === "subscriptions") return this.appSubscription(speaker, call);
    if (speaker.kind === "app") return NO_CURRENT_USER;
    const [object = "", ...edge] = call.path;
    const own = object === "me" || object === speaker.id;
    if (endpoint === "profile" && call.method === "GET") {
      const person = personProfile(object);
      return person === null ? noSuchObject(call.method, object) : { ok: pick(person, call.params["fields"]) };
    }
    if (!own || edge.length > 1) return noSuchObject(call.method, object);
    return this.ownPage(endpoint, speaker, call);
  }

  private ownPage(endpoint: Endpoint, page: { id: string; name: string }, call: GraphCall): Result {
    const { method, params } = call;
    switch (endpoint) {
      case "object":
        if (method === "GET" && call.path.length === 1)
          return { ok: pick({ id: page.id, name: page.name }, params["fields"]) };
        break;
      case "messages":
      case "sender_action":
        if (method === "POST") {
          const answer = this.send.call(page.id, params);
          return "error" in answer ? answer.error : { ok: answer.body };
        }
        break;
      case "subscribed_apps":
        return this.subscribedApps(page.id, method, params);
      case "messenger_profile":
        return this.profiles.call(page.id, method, params);
      default:
        break;
    }
    return { code: 2500, message: `Unknown path components: /${call.path.slice(1).join("/")}` };
  }

  private subscribedApps(page: string, method: string, params: JsonObject): Result {
    if (method === "POST")
      return this.subscriptions.subscribe(page, params["subscribed_fields"]) ?? { ok: { success: true } };
    if (method === "DELETE") {
      this.subscriptions.unsubscribe(page);
      return { ok: { success: true } };
    }
    const subscribed_fields = this.subscriptions.fields(page);
    if (subscribed_fields.length === 0) return { ok: { data: [] } };
    const app = { category: "Business", link: "https://example.com/", name: "botctl sandbox", id: this.pages.appId };
    return { ok: { data: [{ ...app, subscribed_fields }] } };
  }

  /** Where the app's webhooks go. Setting it makes Graph shake hands with the server first. */
  private async appSubscription(speaker: Speaker, { method, params }: GraphCall): Promise<Result> {
    if (speaker.kind !== "app")
      return { code: 15, message: "(#15) This method must be called with an app access_token." };
    if (method === "GET") return { ok: { data: this.appSubscriptions } };
    this.appSubscriptions.length = 0;
    if (method === "DELETE") {
      this.echoes.url = null;
      return { ok: { success: true } };
    }
    const url = asText(params["callback_url"]);
    if (url === null || !URL.canParse(url)) return invalidParameter("Param callback_url should represent a valid URL");
    const failure = await shakeHands(url, asText(params["verify_token"]) ?? "", this.challenge());
    if (failure !== null) {
      return { code: 2200, message: `(#2200) Callback verification failed with the following errors: ${failure}` };
    }
    this.echoes.url = url;
    const fields = (asText(params["fields"]) ?? "").split(",").filter((field) => field !== "");
    this.appSubscriptions.push({
      object: "page",
      callback_url: url,
      active: true,
      fields: fields.map((name) => ({ name })),
    });
    return { ok: { success: true } };
  }

  private endpointOf({ path, params }: GraphCall): Endpoint {
    const [object = "", edge] = path;
    if (edge === "messages") return params["sender_action"] === undefined ? "messages" : "sender_action";
    if (edge === "subscribed_apps" || edge === "messenger_profile") return edge;
    if (edge === "subscriptions" && object === this.pages.appId) return edge;
    if (object === "debug_token") return object;
    if (object === "app" || object === this.pages.appId) return "app";
    // What is neither the app nor a page is taken for a person.
    return edge !== undefined || object === "me" || this.pages.has(object) ? "object" : "profile";
  }

  /** A challenge is a number. */
  private challenge(): string {
    return String(Number.parseInt(Buffer.from(this.ids("challenge")).toString("hex").slice(0, 8), 16));
  }
}
