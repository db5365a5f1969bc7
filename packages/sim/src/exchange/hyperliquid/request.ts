import type { IncomingMessage } from "node:http";
import { type Request, readRequest } from "@plimsoll/sim/exchange";
import { type Signature, type Signed, signerOf } from "./signer.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** A call of the venue: everything is posted as JSON; an action comes with the address that its signature recovers to. */
export interface HyperliquidRequest extends Request {
  /** The question, or the action with its nonce beside it. */
  readonly fields: Fields;
  readonly nonce: number;
  readonly vaultAddress: string | undefined;
  readonly expiresAfter: number | undefined;
  readonly signer: string | undefined;
}

export const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

function readBody(body: string): Fields {
  try {
    return fieldsOf(JSON.parse(body));
  } catch {
    return {};
  }
}

/** Takes a call apart. The path is prolonged by the type of what is asked for ("/exchange/order"), so that a fault can hit that alone. */
export async function readHyperliquidRequest(
  { method = "GET", url = "/" }: IncomingMessage,
  body: string,
): Promise<HyperliquidRequest> {
  const request = readRequest(method, url, "", undefined);
  const all = readBody(body);
  const isAction = request.path === "/exchange";
  const fields = isAction ? fieldsOf(all["action"]) : all;
  const signed: Signed = {
    action: all["action"],
    nonce: typeof all["nonce"] === "number" ? all["nonce"] : Number.NaN,
    vaultAddress: typeof all["vaultAddress"] === "string" ? all["vaultAddress"] : undefined,
    expiresAfter: typeof all["expiresAfter"] === "number" ? all["expiresAfter"] : undefined,
  };
  return {
    ...request,
    body,
    path: `${request.path}/${String(fields["type"])}`,
    fields,
    nonce: signed.nonce,
    vaultAddress: signed.vaultAddress,
    expiresAfter: signed.expiresAfter,
    signer: isAction ? await signerOf(signed, fieldsOf(all["signature"]) as Partial<Signature>) : undefined,
  };
}
