import type { Action, Actor, Flow } from "@plimsoll/core/book";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { Abi, Hex, LocalAccount, PublicClient, TransactionReceipt } from "viem";
import { type ActorOptions, type Intent, chainActor } from "./actor.ts";
import { ownWallet, withKey } from "./calls.ts";
import type { Draft, Signed } from "./message.ts";
import { type ChainSource, lower } from "./rpc.ts";

/** What an account at a lending venue is acted on by. */
export type Transfer = Extract<Action, { readonly do: "supply" | "repay" | "withdraw" }>;

/** What one lending venue adds to an actor. */
export interface Lending<B> {
  /** Begins the codes of its refusals. */
  readonly venue: string;
  readonly errors: Abi;
  /** Whose account it is: where what is taken out goes, and nowhere else. */
  readonly owner: Hex;
  readonly readBody: (raw: unknown) => Result<B, Why>;
  /** Whether a holding is the one that this actor acts for. */
  readonly isMine: (body: B) => boolean;
  /** The transactions of an action by the state as it is now, the action itself last; refused where the venue would refuse it. */
  readonly draft: (client: PublicClient, action: Transfer) => Promise<Result<readonly Draft[], Why>>;
  /** What moved in or out by a mined action; empty where nothing can be read of it. */
  readonly flows: (
    client: PublicClient,
    action: Signed,
    receipt: TransactionReceipt,
  ) => Promise<Result<readonly Flow[], Why>>;
}

/** An actor that supplies, repays and withdraws; only the owner's own wallet takes anything out or pays with the owner's supply. */
export function transferActor<B>(
  source: ChainSource,
  account: LocalAccount,
  lending: Lending<B>,
  options?: ActorOptions,
): Actor {
  const { venue, errors, flows } = lending;
  return chainActor(
    source,
    account,
    {
      errors,
      draft: (client, intent) => draftFor(client, lower(account.address), lending, intent),
      flowsOf: async (client, action, receipt) => {
        const moved = await flows(client, action, receipt);
        return moved.ok && moved.value.length === 0 ? fail(unreadable(venue, receipt)) : moved;
      },
    },
    options,
  );
}

async function draftFor<B>(
  client: PublicClient,
  wallet: Hex,
  { venue, owner, readBody, isMine, draft }: Lending<B>,
  { key, holding, action }: Intent,
): Promise<Result<readonly Draft[], Why>> {
  const body = readBody(holding.body);
  if (!body.ok) return body;
  if (!isMine(body.value))
    return fail(why(`${venue}/other-holding`, { value: holding.id, next: "ask the actor of that holding" }));
  if (action.do !== "supply" && action.do !== "repay" && action.do !== "withdraw")
    return fail(why(`${venue}/action-not-offered`, { value: action.do, next: "supply, repay or withdraw" }));
  const own = action.do === "withdraw" || action.from === "own-supply" ? ownWallet(wallet, owner) : ok(owner);
  if (!own.ok) return own;
  const drafts = await draft(client, action);
  if (!drafts.ok) return drafts;
  const last = drafts.value.length - 1;
  return ok(drafts.value.map((each, place) => (place === last ? { ...each, data: withKey(each.data, key) } : each)));
}

const unreadable = (venue: string, { transactionHash }: TransactionReceipt): Why =>
  why(`${venue}/receipt-unreadable`, { transaction: transactionHash, next: "ask again when the venue can be read" });
