import { afterEach, describe } from "bun:test";
import { POLICY } from "../helpers/policy.ts";
import { broadcastPromises } from "./store/broadcasts.ts";
import { deliveryPromises } from "./store/deliveries.ts";
import { doubtPromises } from "./store/doubts.ts";
import { findingPromises } from "./store/finding.ts";
import { historyPromises } from "./store/history.ts";
import { inboxPromises } from "./store/inbox.ts";
import { interactionPromises } from "./store/interactions.ts";
import { journalPromises } from "./store/journal.ts";
import { removalPromises } from "./store/removal.ts";
import { restartPromises } from "./store/restart.ts";
import { Shop, type Engine, type MakeEngine, type OpenShop } from "./store/shop.ts";
import { reachPromises } from "./store/reach.ts";
import { retentionPromises } from "./store/retention.ts";
import { takeoverPromises } from "./store/takeovers.ts";
import { turnPromises } from "./store/turns.ts";
import { walkPromises } from "./store/walk.ts";
import { workPromises } from "./store/work.ts";

/**
 * What every engine promises (core/store.ts), shown through the verbs alone.
 *
 * @param make an engine on empty storage of its own; it is disposed of when its test is over
 */
export function exerciseStore(name: string, make: MakeEngine): void {
  const engines: Engine[] = [];
  const open: OpenShop = async (policy = POLICY) => {
    const engine = await make(policy);
    engines.push(engine);
    return await Shop.open(engine);
  };
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.dispose();
  });

  describe(`${name}: what comes in`, () => inboxPromises(open));
  describe(`${name}: turns gather and close`, () => turnPromises(open));
  describe(`${name}: turns are worked on`, () => workPromises(open));
  describe(`${name}: people take over`, () => takeoverPromises(open));
  describe(`${name}: an account is taken out of service`, () => removalPromises(open));
  describe(`${name}: what was said`, () => historyPromises(open));
  describe(`${name}: what is looked for`, () => findingPromises(open));
  describe(`${name}: deliveries`, () => deliveryPromises(open));
  describe(`${name}: unknown outcomes and their echoes`, () => doubtPromises(open));
  describe(`${name}: who can be written to, and what is tapped`, () => reachPromises(open));
  describe(`${name}: what the user service is owed`, () => interactionPromises(open));
  describe(`${name}: one text for many people`, () => broadcastPromises(open));
  describe(`${name}: the retry journal`, () => journalPromises(open));
  describe(`${name}: a restart`, () => restartPromises(open));
  describe(`${name}: what is forgotten`, () => retentionPromises(open));
  describe(`${name}: any order of verbs`, () => walkPromises(open));
}
