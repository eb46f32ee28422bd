/** The pages, their tokens, and who a token speaks for. */
import { BAD_PROOF, BAD_TOKEN, NO_PROOF, NO_TOKEN, REPLACED_TOKEN, type GraphError } from "./graph-error.ts";
import { proofOf } from "./sign.ts";

export interface SandboxPage {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

export type Speaker =
  | { readonly kind: "page"; readonly id: string; readonly name: string }
  /** The app itself, by `APPID|APPSECRET`. */
  | { readonly kind: "app" };

export class Pages {
  private readonly pages = new Map<string, SandboxPage>();
  private readonly replaced = new Set<string>();

  constructor(
    pages: readonly SandboxPage[],
    readonly appId: string,
    private readonly appSecret: string,
  ) {
    for (const page of pages) this.pages.set(page.id, page);
  }

  /** Gives a page a new token; the one it had is refused from now on (190/460). */
  replaceToken(pageId: string, token: string): void {
    const page = this.pages.get(pageId);
    if (page === undefined) throw new RangeError(`the sandbox has no page ${pageId}`);
    this.replaced.add(page.token);
    this.replaced.delete(token);
    this.pages.set(pageId, { ...page, token });
  }

  has(pageId: string): boolean {
    return this.pages.has(pageId);
  }

  /** Whose token this is; null when nobody's. */
  owner(token: string): Speaker | null {
    if (token === `${this.appId}|${this.appSecret}`) return { kind: "app" };
    const page = [...this.pages.values()].find((each) => each.token === token);
    return page === undefined ? null : { kind: "page", id: page.id, name: page.name };
  }

  /** Checks token and proof. The app's own token needs no proof, because it holds the secret already. */
  identify(token: string | null, proof: string | null): Speaker | GraphError {
    if (token === null) return NO_TOKEN;
    const speaker = this.owner(token);
    if (speaker === null) return this.replaced.has(token) ? REPLACED_TOKEN : BAD_TOKEN;
    if (proof === null) return speaker.kind === "app" ? speaker : NO_PROOF;
    return proof === proofOf(token, this.appSecret) ? speaker : BAD_PROOF;
  }

  /** `/debug_token`: what is known about a token. */
  describe(token: string): unknown {
    const speaker = this.owner(token);
    if (speaker === null) {
      const { code, message, subcode } = this.replaced.has(token) ? REPLACED_TOKEN : BAD_TOKEN;
      return { error: { code, message, subcode: subcode ?? 0 }, is_valid: false, scopes: [] };
    }
    const always = { app_id: this.appId, application: "botctl sandbox", is_valid: true, expires_at: 0 };
    if (speaker.kind === "app") return { ...always, type: "APP", scopes: [] };
    return {
      ...always,
      type: "PAGE",
      profile_id: speaker.id,
      data_access_expires_at: 0,
      scopes: ["pages_manage_metadata", "pages_messaging", "pages_show_list"],
    };
  }
}
