import type { Hastened, Prepared } from "@plimsoll/core/book";
import { type Why, exact, text, why } from "@plimsoll/core/units";
import { type Answer, broadcast, deliver, isPrivate } from "./broadcast.ts";
import { type Flight, type Line, flightOf } from "./line.ts";
import { type Message, type Variant, actionOf, readMessage } from "./message.ts";
import { readNonces } from "./query.ts";
import { ask } from "./rpc.ts";

const waits: Hastened = { is: "waits" };

/**
 * Replaces a message that waits too long by its next variant: the same transactions at the same nonces for higher fees, so one of them at
 * the most is mined. It waits too long after some blocks, or at once where the base fee has passed what it offers; the dearest variant is
 * the cap. What only a relay has is told to everybody first.
 */
export async function hastenMessage(line: Line, prepared: Prepared): Promise<Hastened> {
  const message = readMessage(prepared);
  if (!message.ok) return waits;
  const flight = flightOf(line, prepared.reference);
  const nonces = await readNonces(line, actionOf(message.value[0]));
  if (!nonces.ok || nonces.value.latest > actionOf(message.value[0]).nonce) return waits;
  const unmined = (variant: Variant) => variant.filter(({ nonce }) => nonce >= nonces.value.latest);
  if (line.relay !== undefined && flight.privateUntil !== undefined && !isPrivate(line, flight) && !flight.isPublic)
    return goPublic(line, flight, unmined(message.value[flight.variant]!));
  const block = await ask("eth_getBlockByNumber", () => line.reader.getBlock({ blockTag: "latest" }));
  if (!block.ok) return waits;
  const { number } = block.value;
  const base = block.value.baseFeePerGas ?? 0n;
  flight.since ??= number;
  const { fees } = actionOf(message.value[flight.variant]!);
  if (number - flight.since < line.patience && base <= fees.maxFeePerGas) return waits;
  const place = nextPlace(message.value, flight, base);
  if (place === undefined) return { is: "at-its-bounds", why: atCap(fees.maxFeePerGas, base) };
  return replaceBy(line, flight, { place, number, base }, unmined(message.value[place]!));
}

/** The cheapest variant above the present one that the base fee does not exceed; else the dearest there is. */
function nextPlace(message: Message, { variant }: Flight, base: bigint): number | undefined {
  const above = message.map((_, place) => place).filter((place) => place > variant);
  return above.find((place) => actionOf(message[place]!).fees.maxFeePerGas >= base) ?? above.at(-1);
}

async function goPublic(line: Line, flight: Flight, transactions: Variant): Promise<Hastened> {
  const answers: Answer[] = [];
  for (const signed of transactions) answers.push(await broadcast(line, signed));
  flight.isPublic = true;
  delete flight.since;
  return { is: "sent-again", facts: { how: "to every operator: the relay's time is over", said: saidOf(answers) } };
}

interface Step {
  readonly place: number;
  readonly number: bigint;
  readonly base: bigint;
}

async function replaceBy(
  line: Line,
  flight: Flight,
  { place, number, base }: Step,
  transactions: Variant,
): Promise<Hastened> {
  const answers: Answer[] = [];
  for (const signed of transactions) answers.push(await deliver(line, flight, signed));
  const { fees, hash, nonce } = transactions.at(-1)!;
  const poor = answers.find(({ said }) => said === "poor");
  if (poor !== undefined) return { is: "at-its-bounds", why: tooPoor(poor.detail) };
  const last = answers.at(-1)!;
  // Where something dearer lies at the nonce already, the next try begins above it.
  if (last.said === "taken" || last.said === "blocked") Object.assign(flight, { variant: place, since: number });
  if (last.said !== "taken")
    return base > fees.maxFeePerGas ? { is: "at-its-bounds", why: atCap(fees.maxFeePerGas, base) } : waits;
  const facts = {
    how: "at the same nonces for higher fees",
    ...{ transaction: hash, nonce: `${nonce}`, said: saidOf(answers) },
    ...{ maxFee: gwei(fees.maxFeePerGas), priorityFee: gwei(fees.maxPriorityFeePerGas) },
  };
  return { is: "sent-again", facts };
}

const saidOf = (answers: readonly Answer[]): string => answers.map(({ said }) => said).join(", ");
const gwei = (wei: bigint): string => `${text(exact(wei, 9))} gwei`;

const atCap = (offered: bigint, base: bigint): Why =>
  why("chain/fee-cap-reached", {
    offered: gwei(offered),
    baseFee: gwei(base),
    next: "it waits with the most that it may cost; it is mined when the base fee falls, or pay by another way",
  });
const tooPoor = (detail: string): Why =>
  why("chain/gas-too-small", { detail, next: "send the chain's own coin to the paying wallet" });
