/** getFile and the download behind it. A file's id is its name in `media.ts`: "photo.jpg", "2-photo.jpg", "price-list.pdf". */
import { asText } from "../json.ts";
import type { HttpAnswer, HttpCall } from "../listen.ts";
import { mediaFile } from "../media.ts";
import type { Clock } from "../../core/clock.ts";
import { badRequest, botAnswer, NOT_FOUND, type BotResult } from "./answer.ts";

const FOLDERS: readonly (readonly [RegExp, string])[] = [
  [/\.(jpe?g|png)$/, "photos"],
  [/\.(webp|tgs|webm)$/, "stickers"],
  [/\.(oga|ogg|mp3|m4a)$/, "voice"],
  [/\.mp4$/, "videos"],
];

/** Telegram lets bots have files of up to 20 MB; `huge` is larger. The link needs the bot's own token, as at Telegram. */
export async function getFile(fileId: unknown, call: HttpCall, clock: Clock): Promise<BotResult> {
  const name = asText(fileId) ?? "";
  if (name === "huge") return badRequest("file is too big");
  const found = /^[\w.-]{1,100}$/.test(name) ? await mediaFile(asked(call, name), clock) : null;
  if (found?.status !== 200) return badRequest("wrong file_id or the file is temporarily unavailable");
  const { body } = found;
  const folder = FOLDERS.find(([ending]) => ending.test(name))?.[1] ?? "documents";
  const size = typeof body === "string" || body instanceof Uint8Array ? { file_size: body.length } : {};
  return { ok: { file_id: name, file_unique_id: `u-${name}`, ...size, file_path: `${folder}/${name}` } };
}

/** @param path what getFile told, behind the token */
export async function download(path: string, call: HttpCall, clock: Clock): Promise<HttpAnswer> {
  const [, name = ""] = /^[a-z]+\/([\w.-]{1,100})$/.exec(path) ?? [];
  const answer = await mediaFile(asked(call, name), clock);
  // Telegram tells no type: what a file is has to be seen in its bytes.
  const headers = { "content-type": "application/octet-stream" };
  return answer.status === 200 ? { ...answer, headers } : botAnswer(NOT_FOUND);
}

function asked(call: HttpCall, name: string): Pick<HttpCall, "method" | "path" | "gone"> {
  return { method: "GET", path: `/media/${name}`, gone: call.gone };
}
