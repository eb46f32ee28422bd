/** Lists come in pages. */

export interface Page<T> {
  readonly data: readonly T[];
  readonly next: string | null;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor: string | null;
}

export const PAGE_ORDERS = ["latest", "oldest"] as const;
/** From where a list of what goes on happening is read. `oldest` is steady: what happens meanwhile comes at its end. */
export type PageOrder = (typeof PAGE_ORDERS)[number];

export interface OrderedPage extends PageRequest {
  /** `latest` when left out. */
  readonly order?: PageOrder | undefined;
}
