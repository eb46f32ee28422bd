/** Where the master key and the admin token live: the environment, or a file of their own in the data folder. */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Fault } from "../core/fault.ts";
import { newKey, vaultOf, type Vault } from "./vault.ts";

const SECRET_KEY_FILE = "secret-key";
const ADMIN_TOKEN_FILE = "admin-token";

/**
 * The vault of a data folder. The first start makes a key; from then on it must be there.
 *
 * @param fromEnv BOTCTL_SECRET_KEY, which rules over the file; null when not set
 * @param databaseExists whether there is a database, which only its own key can read
 * @throws Fault "settings" when the key is missing, malformed or open to other users
 * @throws Fault "storage" when the data folder cannot be used
 */
export function openVault(dataDir: string, fromEnv: string | null, databaseExists: boolean): Vault {
  if (fromEnv !== null) return vaultOf(fromEnv, "BOTCTL_SECRET_KEY");
  const path = join(dataDir, SECRET_KEY_FILE);
  let key = readSecret(path);
  if (key === null) {
    if (databaseExists) {
      throw new Fault(
        "settings",
        `${dataDir} holds a database but not its key: ${SECRET_KEY_FILE} is missing and BOTCTL_SECRET_KEY is not set`,
        "Put the file back from where you keep it. Without it the tokens in the database cannot be read by anybody.",
      );
    }
    key = makeSecret(dataDir, path, newKey());
  }
  return vaultOf(key, path);
}

/**
 * The bearer token of the admin API, made at first start.
 *
 * @param fromEnv BOTCTL_ADMIN_TOKEN, which rules over the file and is not written to it; null when not set
 * @throws Fault "settings" when the file is empty or open to other users
 * @throws Fault "storage" when the data folder cannot be used
 */
export function adminToken(dataDir: string, fromEnv: string | null): string {
  if (fromEnv !== null) return fromEnv;
  const path = join(dataDir, ADMIN_TOKEN_FILE);
  const token = readSecret(path) ?? makeSecret(dataDir, path, randomBytes(32).toString("base64url"));
  if (token === "") throw new Fault("settings", `${path} is empty`, "Delete it, and the next start makes a new one.");
  return token;
}

/** The trimmed content of a secret's file; null when there is no file. Refuses one that other users can read. */
function readSecret(path: string): string | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw unusable(path, error);
  }
  try {
    // Windows has no such bits: there the folder's own rights decide.
    const openTo = process.platform === "win32" ? 0 : fstatSync(file).mode & 0o077;
    if (openTo !== 0) {
      throw new Fault("settings", `${path} can be read by other users of this machine`, `Close it: chmod 600 ${path}`);
    }
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw error instanceof Fault ? error : unusable(path, error);
  } finally {
    closeSync(file);
  }
}

/**
 * Writes a new secret so that it is either wholly there or not at all, also after a power cut, and never replaces one.
 * It is written under another name and then linked, because a link fails where a file already is.
 *
 * @returns the secret that is there in the end: another start may have been faster
 */
function makeSecret(dataDir: string, path: string, secret: string): string {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const file = openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      try {
        fchmodSync(file, 0o600); // a umask can have taken away our own right to read
        writeFileSync(file, `${secret}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      linkSync(draft, path);
    } finally {
      unlinkSync(draft);
    }
    syncFolder(dataDir);
    return secret;
  } catch (error) {
    const other = codeOf(error) === "EEXIST" ? readSecret(path) : null;
    if (other !== null) return other;
    throw error instanceof Fault ? error : unusable(path, error);
  }
}

/** Makes the new name itself durable. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return; // folders cannot be opened there
  const handle = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

function unusable(path: string, cause: unknown): Fault {
  return new Fault(
    "storage",
    `${path} cannot be used (${codeOf(cause) ?? "unknown reason"})`,
    "See that the folder exists, belongs to the user botctl runs as, and has space; --data-dir names another.",
    { cause },
  );
}
