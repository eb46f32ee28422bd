/**
 * The one place where secrets leave a log line (guarantees S10).
 *
 * It reads the finished line, so it does not matter how a secret got in: a message, a cause three errors deep, a path, a
 * stack, a field nobody thought of. Known secrets are replaced in every form they travel in. What merely looks like a
 * token is replaced too, because the tokens of accounts come and go without being known here.
 */
import { Needles } from "./needles.ts";

const REDACTED = "[redacted]";

/** A shorter "secret" would blot out ordinary words and protects nothing anyway. In UTF-16 units. */
const SHORTEST = 6;

/** Names whose values are secret, as a parameter (`name=…`) and in JSON (`"name":"…"`, also quoted twice). */
const NAMES =
  "access_token|appsecret_proof|client_secret|app_secret|fb_exchange_token|input_token|verify_token|secret_token|api_key";

const TOKEN_SHAPES: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`(${NAMES})(=|%3D)[^&\\s"'\\\\<>]+`, "gi"), `$1$2${REDACTED}`],
  [new RegExp(`((?:${NAMES})\\\\*["']?\\s*:\\s*\\\\*["'])[^"'\\\\]+`, "gi"), `$1${REDACTED}`],
  [/\b(Bearer)(\s+|%20)[A-Za-z0-9._~+/=-]{6,}/gi, `$1$2${REDACTED}`],
  // A Telegram token in an address, then one by itself. @BotFather gives them as "<digits>:<about 35 characters>".
  [/\b(bot\d+)(:|%3A)[A-Za-z0-9_-]+/gi, `$1$2${REDACTED}`],
  [/\b(\d{6,12})(:|%3A)[A-Za-z0-9_-]{30,}/gi, `$1$2${REDACTED}`],
  [/(?<![A-Za-z0-9])EAA[A-Za-z0-9_-]{8,}/g, `EAA${REDACTED}`],
  [/\bgsk_[A-Za-z0-9]{10,}/g, `gsk_${REDACTED}`],
];

/**
 * Each of the shapes above has one of these in it. Nearly all lines have none, and six small looks are quicker than one at
 * all of them together.
 */
const SUSPICIOUS = [
  /_(?:token|proof|secret|key)/i,
  /bearer/i,
  /bot\d/i,
  /EAA/,
  /gsk_/,
  /\d(?::|%3A)[a-z0-9_-]{30}/i,
] as const;

/**
 * Makes a redactor.
 *
 * @param secrets asked for every line, because secrets change while the server runs; it should be cheap
 * @returns a function from a finished line, JSON or not, to the same without secrets. JSON stays JSON.
 */
export function createRedactor(secrets: () => readonly string[]): (line: string) => string {
  let known: readonly string[] = [];
  let needles = new Needles([]);
  let shape = /(?!)/g;
  return (line) => {
    const current = secrets();
    if (current.length !== known.length || current.some((secret, index) => secret !== known[index])) {
      known = [...current];
      const forms = formsOfAll(known);
      needles = new Needles(forms);
      shape = shapeOf(forms);
    }
    let clean = needles.areIn(line) ? line.replace(shape, REDACTED) : line;
    if (!SUSPICIOUS.some((sign) => sign.test(clean))) return clean;
    for (const [token, into] of TOKEN_SHAPES) clean = clean.replace(token, into);
    return clean;
  };
}

/** All secrets in all the forms they travel in. */
function formsOfAll(secrets: readonly string[]): string[] {
  const forms = new Set(secrets.filter((secret) => secret.length >= SHORTEST).flatMap(formsOf));
  // Longest first: an alternation takes the first that fits, and a secret may be the start of another one.
  return [...forms].sort((a, b) => b.length - a.length);
}

/** One expression for them, so that a replacement is not looked into again. */
function shapeOf(forms: readonly string[]): RegExp {
  if (forms.length === 0) return /(?!)/g;
  return new RegExp(forms.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("|"), "g");
}

/** A secret as it stands, inside JSON, inside an address, and inside base64. */
function formsOf(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inUrl = encodeURIComponent(secret.toWellFormed());
  return [
    secret,
    inJson,
    JSON.stringify(inJson).slice(1, -1),
    inUrl,
    inUrl.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    inUrl.replaceAll("%20", "+"),
    ...base64Forms(secret),
  ];
}

/**
 * The base64 of a secret, wherever in the encoded text it begins: "user:secret" encodes to other letters than "secret"
 * does. Of each of the three alignments, the letters that depend on the secret alone.
 */
function base64Forms(secret: string): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]);
    const own = bytes.toString("base64").slice(Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6));
    return own.length < SHORTEST ? [] : [own, own.replaceAll("+", "-").replaceAll("/", "_")];
  });
}
