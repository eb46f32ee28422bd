/** Scenarios that must come to nothing: forged, unreadable, too large, or too slow. */
import { answers, noReply, posts, postsOdd, QUESTION, says, stalls } from "./build.ts";
import type { Check, Scenario, Step } from "./scenario.ts";

/** What a Messenger webhook may weigh (guarantees S4). */
const BODY_LIMIT_BYTES = 4 * 1_024 * 1_024;
/** A body may take 5 s (S4); the rest is for a slow machine. */
const LET_GO_MS = 7_000;

const unheard: Check = { says: "nothing was stored", kind: "unheard" };
const refused: Check = { says: "the server says why", kind: "event", type: "signature_refused" };
const quarantined: Check = { says: "set aside for a person to look at", kind: "event", type: "quarantined" };

function refusal(name: string, summary: string, step: Step, ...checks: Check[]): Scenario {
  const script = { headline: summary, steps: [step], checks: [noReply, unheard, ...checks] };
  return { name, summary, options: [], needsSandbox: false, script: () => script };
}

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
  {
    name: "slow-body",
    summary: "a webhook of which only some bytes come: let go of, and nobody else waits for it",
    options: [],
    needsSandbox: false,
    script: () => ({
      headline: "some bytes of a body and nothing more, while somebody else asks",
      steps: [stalls("slow", '{"object":"pa'), posts("text", says(QUESTION), { afterMs: 100 })],
      checks: [
        answers("one reply to whoever asks meanwhile", ["text"]),
        { says: "and at once", kind: "within", steps: ["text"], ms: 3_000 },
        { says: "the slow one is let go of", kind: "let-go", step: "slow", ms: LET_GO_MS },
      ],
    }),
  },
];
