import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface RpcCall {
  readonly method: string;
  /** Left out where a method takes none. */
  readonly params?: readonly unknown[];
}
/**
 * What happens to one call: nothing, its reply is lost after the node acted, it never arrives, its result is changed, or it is answered
 * here and the node never hears of it.
 */
export type Fault =
  | "none"
  | "lose-reply"
  | "down"
  | { readonly result: (result: unknown) => unknown }
  | { readonly instead: unknown };

/** An endpoint between an adapter and a node; the fault can be changed while it runs. Its address carries a secret, as many do. */
export interface FaultyRpc {
  readonly url: string;
  /** The part of the address that must never appear in a message. */
  readonly secret: string;
  fault: (call: RpcCall) => Fault;
  readonly seen: RpcCall[];
  stop(): Promise<void>;
}

export async function faultyRpc(node: string): Promise<FaultyRpc> {
  const secret = "access-key-0123456789";
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const rpc: FaultyRpc = {
    url: `http://127.0.0.1:${port}/${secret}`,
    secret,
    fault: () => "none",
    seen: [],
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    const call = JSON.parse(body) as RpcCall;
    rpc.seen.push(call);
    const fault = rpc.fault(call);
    if (fault === "down") return void response.destroy();
    const answered = (message: object) =>
      response.setHeader("content-type", "application/json").end(JSON.stringify(message));
    if (typeof fault === "object" && "instead" in fault)
      return void answered({ jsonrpc: "2.0", id: (call as { id?: unknown }).id, result: fault.instead });
    const reply = await fetch(node, { method: "POST", headers: { "content-type": "application/json" }, body });
    const parsed = (await reply.json()) as { result?: unknown };
    if (fault === "lose-reply") return void response.destroy();
    answered(fault === "none" ? parsed : { ...parsed, result: fault.result(parsed.result) });
  };
  return rpc;
}
