/** A sandbox with two pages, and calls to it as a bot would make them. */
import { createHmac } from "node:crypto";
import { startSandbox, type Sandbox, type SandboxOptions } from "../../src/sandbox/index.ts";

export const APP_SECRET = "the app secret of the sandbox";
export const APP_ID = "900000000000001";
export const PAGE = { id: "1000000000001", name: "Áo Xinh", token: "token of the first page" };
export const OTHER_PAGE = { id: "1000000000002", name: "Giày Đẹp", token: "token of the second page" };
export const MODEL_KEY = "gsk_sandbox";

export function start(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  return startSandbox({
    graph: { appSecret: APP_SECRET, appId: APP_ID, verifyToken: "the verify token", pages: [PAGE, OTHER_PAGE] },
    model: { key: MODEL_KEY },
    seed: 7,
    ...options,
  });
}

export function proof(token: string): string {
  return createHmac("sha256", APP_SECRET).update(token).digest("hex");
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A call to Graph with the token and proof of the first page, unless told otherwise. */
export async function graph(
  sandbox: Sandbox,
  method: string,
  path: string,
  params: Record<string, unknown> = {},
  token: string = PAGE.token,
): Promise<Answered> {
  const all = { access_token: token, appsecret_proof: proof(token), ...params };
  const url = new URL(`${sandbox.graphUrl}/v24.0/${path}`);
  if (method === "GET") for (const [name, value] of Object.entries(all)) url.searchParams.set(name, String(value));
  const init = method === "GET" ? {} : { body: JSON.stringify(all), headers: { "content-type": "application/json" } };
  const response = await fetch(url, { method, ...init });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Sends a message object from the first page. */
export function send(sandbox: Sandbox, message: unknown, recipient = "psid-1"): Promise<Answered> {
  return graph(sandbox, "POST", `${PAGE.id}/messages`, {
    recipient: { id: recipient },
    messaging_type: "RESPONSE",
    message,
  });
}

/** Asks the model; `content` is that of the one user message. */
export function ask(sandbox: Sandbox, content: unknown, more: object = {}, signal?: AbortSignal): Promise<Response> {
  return fetch(`${sandbox.modelUrl}/openai/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${MODEL_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "openai/gpt-oss-120b", messages: [{ role: "user", content }], ...more }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** A question as a prompt holds it. */
export function query(...lines: string[]): string {
  return `<HISTORY>\nCustomer: #fail:500\n</HISTORY>\n<CURRENT_USER_QUERY>\n${lines.join("\n")}\n</CURRENT_USER_QUERY>`;
}
