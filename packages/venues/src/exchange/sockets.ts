import type { Exchange } from "ccxt";

interface Socket {
  readonly connected: Promise<unknown>;
  future(hash: string): Promise<unknown>;
}

/** Rejected without anybody waiting, it would end the process. */
const quiet = <P extends Promise<unknown>>(pending: P): P => {
  pending.catch(() => {});
  return pending;
};

/** A socket of ccxt rejects all that it promised when it fails or is closed, also what nobody waits for any more. */
export function quietSockets(client: Exchange): void {
  const known = new WeakSet<object>();
  const make = client.client.bind(client);
  client.client = (url: string) => {
    const made = make(url);
    const socket = made as unknown as Socket;
    if (known.has(made)) return made;
    known.add(made);
    void quiet(socket.connected);
    const future = socket.future.bind(socket);
    socket.future = (hash) => quiet(future(hash));
    return made;
  };
}

/** Sees every socket message before the library does, raw; the returned function ends it. */
export function tap(client: Exchange, see: (message: unknown) => void): () => void {
  const tapped = client as unknown as { handleMessage: (socket: unknown, message: unknown) => unknown };
  const handle = tapped.handleMessage.bind(client);
  let open = true;
  tapped.handleMessage = (socket, message) => {
    if (open) see(message);
    return handle(socket, message);
  };
  return () => {
    open = false;
  };
}
