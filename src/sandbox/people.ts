/** The people of the sandbox: everybody exists, and the same id is always the same person. */
import { createHash } from "node:crypto";
import type { JsonObject } from "./json.ts";

const FIRST_NAMES = ["An", "Bình", "Châu", "Dũng", "Hà", "Hương", "Khánh", "Lan", "Minh", "Ngọc", "Phúc", "Thảo"];
const LAST_NAMES = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi"];

/** The profile of a person; null for ids that begin with `unknown-`. */
export function personProfile(psid: string): JsonObject | null {
  if (psid.startsWith("unknown-")) return null;
  const digest = createHash("sha256").update(psid).digest();
  const first_name = FIRST_NAMES[digest.readUInt8(0) % FIRST_NAMES.length] ?? "An";
  const last_name = LAST_NAMES[digest.readUInt8(1) % LAST_NAMES.length] ?? "Nguyễn";
  return { id: psid, first_name, last_name, name: `${first_name} ${last_name}`, locale: "vi_VN", timezone: 7 };
}
