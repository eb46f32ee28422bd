import type { MessengerSettings } from "../../../src/channels/messenger/index.ts";

export interface GraphRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly json: unknown;
}

/** A Graph API that says what it was told to say, and remembers what it was asked. */
export class ScriptedGraph implements Disposable {
  readonly requests: GraphRequest[] = [];
  /** What it says, by path without the version; anything else is 404. */
  readonly answers = new Map<string, () => Response | Promise<Response>>();

  private readonly server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      const url = new URL(request.url);
      const text = await request.text();
      const json: unknown = text === "" ? null : JSON.parse(text);
      this.requests.push({ method: request.method, path: url.pathname, query: url.searchParams, json });
      return (
        (await this.answers.get(url.pathname.replace("/v24.0", ""))?.()) ?? new Response("not found", { status: 404 })
      );
    },
  });

  says(path: string, body: unknown, init: ResponseInit = {}): void {
    this.answers.set(path, () => Response.json(body, init));
  }

  settings(change: Partial<MessengerSettings> = {}): MessengerSettings {
    return {
      appSecret: "the-app-secret",
      previousAppSecret: null,
      verifyToken: "the-verify-token",
      appId: null,
      graphBase: `http://127.0.0.1:${this.server.port}`,
      graphVersion: "v24.0",
      sendTimeoutMs: 2_000,
      ...change,
    };
  }

  [Symbol.dispose](): void {
    void this.server.stop(true);
  }
}
