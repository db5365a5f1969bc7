import type { WebSocket } from "ws";
import type { Faults } from "./faults.ts";
import type { FrontServer } from "./front-server.ts";
import type { Request } from "./request.ts";
import type { Simulation } from "./simulation.ts";
import type { SocketServer } from "./socket-server.ts";
import type { Venue } from "./venue.ts";

/** A running venue: its port on 127.0.0.1, the handle that drives it, and what ends it. */
export interface RunningExchange {
  readonly port: number;
  readonly exchange: Simulation;
  readonly faults: Faults;
  /** Breaks all WebSocket connections. */
  dropSockets(): void;
  stop(): Promise<void>;
}

/** Opens a front: its server, and its sockets on the same port. */
export async function runFront<R extends Request, L extends { readonly socket: WebSocket }>(
  { simulation: exchange, faults }: Pick<Venue, "simulation" | "faults">,
  server: FrontServer<R>,
  sockets: SocketServer<L>,
): Promise<RunningExchange> {
  sockets.serve(server.http);
  const port = await server.listen();
  return {
    port,
    exchange,
    faults,
    dropSockets: () => sockets.drop(),
    stop: () => {
      sockets.close();
      return server.stop();
    },
  };
}
