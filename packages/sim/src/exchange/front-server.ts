import { once } from "node:events";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Faults } from "./faults.ts";
import type { Request } from "./request.ts";

/** What goes over the wire. */
export interface Written {
  readonly status: number;
  readonly body: unknown;
}

/** How one venue speaks over HTTP. */
export interface Dialect<R extends Request> {
  readonly read: (incoming: IncomingMessage, body: string) => R | Promise<R>;
  /** Does what was asked for and answers in the venue's words. */
  readonly handle: (request: R) => Written;
  readonly refuse: (fault: Extract<Fault, { kind: "error" }>) => Written;
}

/** A venue's HTTP server on a free port of the loopback, with faults between the effect of a call and its caller. */
export class FrontServer<R extends Request> {
  readonly http: Server;

  constructor(faults: Faults, dialect: Dialect<R>) {
    this.http = createServer((incoming, response) => {
      serve(faults, dialect, incoming, response).catch((error: unknown) => {
        // a bug in the simulation must not look like a venue's answer
        response.destroy(error instanceof Error ? error : new Error(String(error)));
        throw error;
      });
    });
    this.http.keepAliveTimeout = 60_000;
  }
  /** @returns the port it listens on. */
  async listen(): Promise<number> {
    this.http.listen(0, "127.0.0.1");
    await once(this.http, "listening");
    return (this.http.address() as AddressInfo).port;
  }
  async stop(): Promise<void> {
    this.http.closeAllConnections();
    this.http.close();
    await once(this.http, "close");
  }
}

async function serve<R extends Request>(
  faults: Faults,
  dialect: Dialect<R>,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let body = "";
  for await (const chunk of incoming) body += String(chunk);
  const request = await dialect.read(incoming, body);
  await answer(response, faults.hit(request), () => dialect.handle(request), dialect.refuse);
}

async function answer(
  response: ServerResponse,
  fault: Fault | undefined,
  effect: () => Written,
  refuse: Dialect<Request>["refuse"],
): Promise<void> {
  switch (fault?.kind) {
    case undefined:
    case "overload":
      return send(response, effect());
    case "lost-reply":
      return void effect();
    case "doubled": {
      const both = [effect(), effect()] as const;
      return send(response, fault.answer === "first" ? both[0] : both[1]);
    }
    case "late-reply": {
      const late = effect();
      await sleep(fault.ms, undefined, { ref: false });
      return send(response, late);
    }
    case "disconnect":
      if (fault.effect) effect();
      return void response.destroy();
    case "error":
      if (fault.effect) effect();
      return send(response, refuse(fault));
  }
}

function send(response: ServerResponse, { status, body }: Written): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}
