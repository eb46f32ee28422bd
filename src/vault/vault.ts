/**
 * Tokens sealed at rest and people's ids hashed, both under one master key (guarantees S6).
 *
 * The master key itself seals nothing: HKDF derives one key for sealing, one for hashes and one that only proves which
 * master key it was. A sealed token is bound to its place, so that a row copied to another account does not open there.
 *
 *   v1.<key id>.<base64url of: 12 bytes nonce, ciphertext, 16 bytes tag>
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
  type KeyObject,
} from "node:crypto";
import { Fault } from "../core/fault.ts";

/** Where a sealed text belongs. It opens only there. */
export interface SealPlace {
  /** What the text is for, like "access-token". */
  readonly purpose: string;
  readonly channel: string;
  /** The platform's id of the account. */
  readonly account: string;
}

export interface Vault {
  /** Encrypts; two seals of one text differ. */
  seal(plain: string, place: SealPlace): string;
  /**
   * Decrypts.
   *
   * @throws Fault "settings" when it was sealed with another key
   * @throws Fault "storage" when it was changed, cut, or sealed for another place
   */
  open(sealed: string, place: SealPlace): string;
  /** A text to keep in the database, by which a later start notices another key. Tells nothing about the key. */
  keyCheck(): string;
  /** @throws Fault "settings" when `stored` is the key check of another key */
  verifyKeyCheck(stored: string): void;
  /**
   * A keyed hash for a person or whatever else must be recognised and not read: 32 hex digits. Other parts, or the same
   * ones cut elsewhere, give another hash.
   */
  hash(kind: string, ...parts: readonly string[]): string;
}

const VERSION = "v1";
const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HASH_BYTES = 16;
const KEY_ID_BYTES = 4;

/** A new master key, 32 bytes in base64. */
export function newKey(): string {
  return randomBytes(KEY_BYTES).toString("base64");
}

/** The bytes of a master key; null when the text is not 32 bytes in base64, of either alphabet. */
function keyBytes(key: string): Buffer | null {
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(key) ? Buffer.from(key, "base64") : null;
}

/**
 * The vault of a master key.
 *
 * @param key 32 bytes in base64
 * @param source where it came from, for the message
 * @throws Fault "settings" when it is no such key
 */
export function vaultOf(key: string, source: string): Vault {
  const master = keyBytes(key.trim());
  if (master === null) {
    throw new Fault(
      "settings",
      `${source} does not hold 32 bytes in base64`,
      "Make a key with: openssl rand -base64 32",
    );
  }
  const derive = (use: string): KeyObject =>
    createSecretKey(Buffer.from(hkdfSync("sha256", master, "botctl", `${VERSION} ${use}`, KEY_BYTES)));
  const sealKey = derive("seal");
  const hashKey = derive("hash");
  const checkKey = derive("check");
  master.fill(0);

  const check = createHmac("sha256", checkKey).update("key check").digest();
  const keyId = createHmac("sha256", checkKey)
    .update("key id")
    .digest("hex")
    .slice(0, 2 * KEY_ID_BYTES);
  const checkText = `${VERSION}.${keyId}.${check.toString("base64url")}`;
  // A list, so that no two places can be written in the same way.
  const bindTo = ({ purpose, channel, account }: SealPlace): Buffer =>
    Buffer.from(JSON.stringify([VERSION, purpose, channel, account, keyId]));

  return {
    seal(plain, place) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, sealKey, nonce, { authTagLength: TAG_BYTES }).setAAD(bindTo(place));
      const sealed = Buffer.concat([nonce, cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return `${VERSION}.${keyId}.${sealed.toString("base64url")}`;
    },

    open(sealed, place) {
      const [version, id, text, ...rest] = sealed.split(".");
      const bytes = Buffer.from(text ?? "", "base64url");
      if (version !== VERSION || rest.length > 0 || bytes.length < NONCE_BYTES + TAG_BYTES) throw unopenable(place);
      if (id !== keyId) throw wrongKey();
      const decipher = createDecipheriv(CIPHER, sealKey, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
        .setAAD(bindTo(place))
        .setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        const plain = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
        return Buffer.concat([plain, decipher.final()]).toString("utf8");
      } catch (error) {
        throw unopenable(place, error);
      }
    },

    keyCheck: () => checkText,

    verifyKeyCheck(stored) {
      const [expected, given] = [Buffer.from(checkText), Buffer.from(stored)];
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw wrongKey();
    },

    hash: (kind, ...parts) =>
      createHmac("sha256", hashKey)
        .update(JSON.stringify([kind, ...parts]))
        .digest("hex")
        .slice(0, 2 * HASH_BYTES),
  };
}

function wrongKey(): Fault {
  return new Fault(
    "settings",
    "wrong key: the database was sealed with another secret key",
    "Put back the file `secret-key` that belongs to this database, or set BOTCTL_SECRET_KEY to its content.",
  );
}

function unopenable({ purpose, channel, account }: SealPlace, cause?: unknown): Fault {
  return new Fault(
    "storage",
    `the sealed ${purpose} of ${channel} account ${account} was changed or belongs elsewhere`,
    "Give its token again in the settings, with a new value, and start again.",
    { cause },
  );
}
