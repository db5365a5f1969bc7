import { SocketServer } from "@plimsoll/sim/exchange";
import type { WebSocket } from "ws";

/** This venue's sockets are not simulated yet: a connection is refused, so that nobody waits for a stream that says nothing. */
export class Sockets extends SocketServer<{ readonly socket: WebSocket }> {
  protected admit(): string {
    return "no such stream";
  }
  protected command(): void {}
}
