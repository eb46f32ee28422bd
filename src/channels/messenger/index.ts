import type { Channel } from "../../core/channel.ts";
import { isSignedBy, looksSigned, sameWord } from "../proof.ts";
import { identify } from "./account.ts";
import type { GraphSettings } from "./graph.ts";
import { render, TEXT_LIMIT_UNITS } from "./render.ts";
import { mark, send } from "./send.ts";
import { inspect, subscribe, unsubscribe } from "./subscription.ts";
import { parse } from "./webhook.ts";

/** How this app stands to Meta. The secrets are read at each use, so they may be changed while the server runs. */
export interface MessengerSettings extends GraphSettings {
  /** The one before `appSecret`, still taken as a signature during a rotation; null for none. */
  readonly previousAppSecret: string | null;
  /** The word agreed on for the challenge. */
  readonly verifyToken: string;
  /** Null to learn it from Graph when a token is identified. */
  readonly appId: string | null;
}

const SIGNATURE_HEADER = "x-hub-signature-256";
/** Meta allows 300 texts a second for a page. */
const SENDS_PER_SECOND = 250;
/** By trial: the bubble goes out by itself after about 20 s. */
const TYPING_LASTS_MS = 20_000;
/** A person's last message opens the standard messaging window for a day. */
const WINDOW_MS = 24 * 3_600_000;

/** Facebook Messenger, for all pages of one app. */
export function messengerChannel(settings: MessengerSettings): Channel {
  return {
    name: "messenger",
    textLimitUnits: TEXT_LIMIT_UNITS,
    windowMs: WINDOW_MS,
    sendsPerSecond: SENDS_PER_SECOND,
    // Meta counts by page.
    chatRates: () => [],
    typingLastsMs: TYPING_LASTS_MS,
    echoesDeliveries: true,
    addressesAccounts: false,
    polling: null,
    greet(query) {
      const challenge = query.get("hub.challenge") ?? "";
      const isOurs =
        query.get("hub.mode") === "subscribe" && sameWord(query.get("hub.verify_token"), settings.verifyToken);
      // Safe characters only, because the challenge is echoed to whoever asks (guarantees S3).
      return isOurs && /^[A-Za-z0-9_.-]{1,64}$/.test(challenge) ? challenge : null;
    },
    plausible: (request) => looksSigned(request.header(SIGNATURE_HEADER)),
    verify(request, body) {
      const secrets = [settings.appSecret, settings.previousAppSecret];
      return isSignedBy(request.header(SIGNATURE_HEADER), body, secrets) ? "genuine" : "forged";
    },
    parse: (body) => parse(body, settings.appId),
    render,
    send: (message, signal) => send(settings, message, signal),
    mark: (access, contact, what, signal) => mark(settings, access, contact, what, signal),
    // A tap is confirmed by nothing but the answer.
    confirm: null,
    // Attachments come with addresses, signed for a while.
    locate: null,
    subscriptions: {
      inspect: (access, _, signal) => inspect(settings, settings.appId, access, signal),
      subscribe: (access, _, signal) => subscribe(settings, access, signal),
      unsubscribe: (access, signal) => unsubscribe(settings, access, signal),
    },
    identify: (token, signal) => identify(settings, settings.appId, token, signal),
  };
}
