/** Listens for Ctrl-C and SIGTERM, so that everything started is stopped. */
export function interrupted(): {
  readonly signal: AbortSignal;
  readonly happened: Promise<void>;
  readonly release: () => void;
} {
  const controller = new AbortController();
  const { promise: happened, resolve } = Promise.withResolvers<void>();
  const stop = () => {
    controller.abort();
    resolve();
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const release = () => {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  };
  return { signal: controller.signal, happened, release };
}
