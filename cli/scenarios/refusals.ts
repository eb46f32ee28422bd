/** Scenarios that must come to nothing: forged, unreadable, or too large. */
import { noReply, posts, postsOdd, says, type Check, type Scenario, type Step } from "./scenario.ts";

/** What a Messenger webhook may weigh (guarantees S4). */
const BODY_LIMIT_BYTES = 4 * 1_024 * 1_024;

const unheard: Check = { says: "nothing was stored", kind: "unheard" };
const refused: Check = { says: "the server says why", kind: "event", type: "signature_refused" };
const quarantined: Check = { says: "set aside for a person to look at", kind: "event", type: "quarantined" };

function refusal(name: string, summary: string, step: Step, ...checks: Check[]): Scenario {
  const script = { headline: summary, steps: [step], checks: [noReply, unheard, ...checks] };
  return { name, summary, options: [], needsSandbox: false, script: () => script };
}

const QUESTION = "Shop ơi, hôm nay cửa hàng mở cửa đến mấy giờ vậy";

export const REFUSALS: readonly Scenario[] = [
  refusal(
    "bad-signature",
    "a forged webhook: 401",
    posts("forged", says(QUESTION), { signature: "wrong", status: 401 }),
    refused,
  ),
  refusal(
    "missing-signature",
    "a webhook without a signature: 401",
    posts("unsigned", says(QUESTION), { signature: "missing", status: 401 }),
    refused,
  ),
  refusal(
    "malformed",
    "a signed body that is not JSON: 200, so that it does not come again",
    postsOdd("malformed", { kind: "bytes", text: '{"object":"page","entry":[{"id":' }),
    quarantined,
  ),
  refusal(
    "deep",
    "signed JSON nested 500 deep: 200 and set aside",
    postsOdd("deep", { kind: "nested", depth: 500 }),
    quarantined,
  ),
  refusal(
    "huge-body",
    "a signed body above 4 MiB: 413",
    postsOdd("huge", { kind: "padded", bytes: BODY_LIMIT_BYTES + 1 }, { status: 413 }),
  ),
];
