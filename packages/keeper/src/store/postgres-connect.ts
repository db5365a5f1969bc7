import postgres from "postgres";

export type Sql = postgres.Sql<{ bigint: bigint }>;
export type Transaction = postgres.TransactionSql<{ bigint: bigint }>;

/**
 * Whoever freezes inside a transaction keeps what it has locked: after this long the server ends its session. Below the usual lease, far
 * above what a transaction waits between two statements. The store's own writes are single statements (postgres-append.ts).
 */
const FROZEN_MS = 3_000;

/**
 * Connections to a server by URL; `?host=/folder` reaches its socket file, as libpq reads it.
 * A commit is on the server's disk when it returns, whatever the server's default says.
 */
export function connectPostgres(url: string, max = 4): Sql {
  const plain = new URL(url);
  const socketFolder = plain.searchParams.get("host");
  plain.searchParams.delete("host");
  return postgres(plain.href, {
    max,
    connect_timeout: 10,
    onnotice: () => undefined,
    types: { bigint: postgres.BigInt },
    connection: {
      application_name: "plimsoll",
      synchronous_commit: "on",
      idle_in_transaction_session_timeout: FROZEN_MS,
    },
    ...(socketFolder === null ? {} : { host: socketFolder }),
  });
}

/** The server's clock in milliseconds, as part of a statement. */
export const serverNow = (sql: Sql) => sql`(extract(epoch from clock_timestamp()) * 1000)::bigint`;

/** The server's name for messages: never its password. */
export const serverOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : "unreadable URL");
