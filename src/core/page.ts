/** Lists come in pages. */

export interface Page<T> {
  readonly data: readonly T[];
  readonly next: string | null;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor: string | null;
}
