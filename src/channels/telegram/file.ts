import type { Access } from "../../core/account.ts";
import type { FileOutcome } from "../../core/channel.ts";
import { addressOf, botCall, type ApiSettings } from "./api.ts";
import { Answer, File } from "./schema.ts";

/** As the Bot API writes it: folders and names, without a step up. A server of one's own tells a path on its disk instead. */
const PATH = /^(?!.*\.\.)[\w-][\w./-]*$/;

/** Asks where a file lies; the link holds for an hour or more. Source: getFile. */
export async function locate(
  settings: ApiSettings,
  access: Access,
  fileId: string,
  signal: AbortSignal,
): Promise<FileOutcome> {
  const answer = await botCall(settings, "getFile", access.token, { file_id: fileId }, signal);
  if (answer.kind !== "answered") return unavailable("its server cannot be reached");
  const told = Answer.safeParse(answer.body).data;
  if (told?.ok !== true) return unavailable(refusal(told, answer.status));
  const path = File.safeParse(told.result).data?.file_path ?? null;
  if (path === null) return unavailable("its server does not keep it");
  if (path.startsWith("/")) return unavailable("its server keeps it on a disk of its own (--local)");
  if (!PATH.test(path)) return unavailable("its address cannot be read");
  return { kind: "located", url: addressOf(settings, access.token, path, "file/") };
}

/** Telegram says 400 to all of it, so the words decide; a bot may take files of up to 20 MB. */
function refusal(told: Answer | undefined, status: number): string {
  const description = told?.description ?? "";
  if (/too big/i.test(description)) return "it is too large";
  if (/file_id|file is temporarily unavailable|FILE_REFERENCE/i.test(description)) return "it is gone";
  return `its server answered ${told?.error_code ?? status}`;
}

function unavailable(reason: string): FileOutcome {
  return { kind: "unavailable", reason };
}
