import start from "./migrations/0001_start.sql" with { type: "text" };
import conduct from "./migrations/0002_conduct.sql" with { type: "text" };
import interactions from "./migrations/0003_interactions.sql" with { type: "text" };
import broadcasts from "./migrations/0005_broadcasts.sql" with { type: "text" };
import removal from "./migrations/0004_removal.sql" with { type: "text" };
import unsettled from "./migrations/0006_unsettled.sql" with { type: "text" };
import fewerQueues from "./migrations/0007_fewer_queues.sql" with { type: "text" };
import seenThrough from "./migrations/0008_seen_through.sql" with { type: "text" };

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** In order, append only: a file that has shipped is never edited. */
export const migrations: readonly Migration[] = [
  { name: "0001_start", sql: start },
  { name: "0002_conduct", sql: conduct },
  { name: "0003_interactions", sql: interactions },
  { name: "0004_removal", sql: removal },
  { name: "0005_broadcasts", sql: broadcasts },
  { name: "0006_unsettled", sql: unsettled },
  { name: "0007_fewer_queues", sql: fewerQueues },
  { name: "0008_seen_through", sql: seenThrough },
];
