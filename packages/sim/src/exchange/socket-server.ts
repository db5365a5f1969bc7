import type { IncomingMessage, Server } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";

/** The WebSocket side of a venue's front, on the port of its HTTP server. */
export abstract class SocketServer<L extends { readonly socket: WebSocket }> {
  protected readonly listeners = new Set<L>();
  readonly #server = new WebSocketServer({ noServer: true });

  /** Who a connection to this address is; a text refuses it for that reason. */
  protected abstract admit(socket: WebSocket, url: string): L | string;
  /** Does what one message of theirs asks for. */
  protected abstract command(listener: L, text: string): void;

  /** Takes the connections of a server. */
  serve(http: Server): void {
    http.on("upgrade", (request: IncomingMessage, stream, head) =>
      this.#server.handleUpgrade(request, stream, head, (socket) => this.#open(socket, request.url ?? "")),
    );
  }
  /** Breaks every connection without a word; whatever happens until a client is back is lost to it. */
  drop(): void {
    for (const { socket } of this.listeners) socket.terminate();
  }
  close(): void {
    this.drop();
    this.#server.close();
  }

  #open(socket: WebSocket, url: string): void {
    const listener = this.admit(socket, url);
    if (typeof listener === "string") return socket.close(1008, listener);
    this.listeners.add(listener);
    socket.on("close", () => this.listeners.delete(listener));
    socket.on("error", () => socket.terminate());
    socket.on("message", (data) => this.command(listener, (data as Buffer).toString()));
  }
}
