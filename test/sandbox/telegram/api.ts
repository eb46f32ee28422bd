/** A sandbox with two bots, and calls to it as a bot would make them. */
import type { Sandbox, SandboxOptions } from "../../../src/sandbox/index.ts";
import { start } from "../sandbox.ts";

export const SHOP = {
  token: "7000000001:AAEhBP0av28FH1xcmTv7WgW8Kq2sLd9Rz5o",
  username: "Tiem_Hoa_bot",
  name: "Tiệm Hoa",
};
export const CAFE = {
  token: "7000000002:AAFkQ2b_r31GJ5yzNuX8hLm4Pp7vTe0Sa1c",
  username: "Goc_Pho_bot",
  name: "Góc Phố",
};
export const SHOP_ID = "7000000001";
export const PERSON = 5_550_001;
export const GROUP = -100_200;

export function startTelegram(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  return start({ telegram: { bots: [SHOP, CAFE] }, ...options });
}

export interface BotAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** A call with JSON parameters, as the first bot unless told otherwise. */
export async function bot(
  sandbox: Sandbox,
  method: string,
  params: Record<string, unknown> = {},
  token = SHOP.token,
): Promise<BotAnswer> {
  const response = await fetch(`${sandbox.telegramUrl}/bot${token}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(params),
  });
  const body: unknown = await response.json();
  return { status: response.status, headers: response.headers, body: Object.assign({}, body) };
}

/** The refusal of a call; "" when it was taken. */
export async function refusal(
  sandbox: Sandbox,
  method: string,
  params: Record<string, unknown> = {},
  token = SHOP.token,
): Promise<string> {
  const { body } = await bot(sandbox, method, params, token);
  return body["ok"] === true ? "" : `${String(body["error_code"])} ${String(body["description"])}`;
}

/** Sends a text to the usual person, with more parameters if need be. */
export function say(sandbox: Sandbox, text: unknown, more: Record<string, unknown> = {}): Promise<string> {
  return refusal(sandbox, "sendMessage", { chat_id: PERSON, text, ...more });
}
