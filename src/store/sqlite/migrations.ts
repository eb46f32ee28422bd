import start from "./migrations/0001_start.sql" with { type: "text" };

/** In order, append only: a file that has shipped is never edited. */
export const migrations = [{ name: "0001_start", sql: start }] as const;
