import type { Result, Why } from "@plimsoll/core/units";
import { readerOf } from "@plimsoll/venues/wire";
import type { Exchange } from "ccxt";
import * as z from "zod";
import { parseAnswer } from "./json-numbers.ts";

/** What of a socket of ccxt is used here. */
interface Socket {
  onMessage(event: { readonly data: unknown }): void;
}

/**
 * Makes a client read every answer and every socket message with its numbers as the text that stands there. ccxt would parse
 * them into floats: the venue writes amounts as JSON numbers, and one of more than 15 digits would be another amount then.
 */
export function keepDigits(client: Exchange): void {
  client.parseJson = (text: string) => parsed(text);
  const make = client.client.bind(client);
  const known = new WeakSet<object>();
  client.client = (url: string) => {
    const made = make(url);
    if (known.has(made)) return made;
    known.add(made);
    const socket = made as unknown as Socket;
    const receive = socket.onMessage.bind(socket);
    socket.onMessage = ({ data }) => receive({ data: quoted(String(data)) });
    return made;
  };
}

function parsed(text: string): unknown {
  try {
    return parseAnswer(text);
  } catch {
    return undefined;
  }
}

/** The same message with its numbers in quotes; what is no JSON goes on as one text, and is refused where it is read. */
const quoted = (text: string): string => JSON.stringify(parsed(text) ?? text);

const reading = readerOf("deribit");

/** The `result` of an answer's JSON-RPC frame. */
export function resultOf<T>(what: string, result: z.ZodType<T>, answer: unknown): Result<T, Why> {
  const frame = reading(what, z.object({ result: z.unknown() }), answer);
  return frame.ok ? reading(what, result, frame.value.result) : frame;
}

/** Integer text: times and counts. */
export const whole = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number);
