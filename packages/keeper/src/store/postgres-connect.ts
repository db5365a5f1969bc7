import postgres from "postgres";

export type Sql = postgres.Sql<{ bigint: bigint }>;
export type Transaction = postgres.TransactionSql<{ bigint: bigint }>;

/**
 * A keeper that freezes inside a transaction keeps the leases locked, and nobody could take over: after this long the server ends its
 * session. Below the usual lease, far above what a transaction waits between two statements.
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

/** The server's name for messages: never its password. */
export const serverOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : "unreadable URL");
