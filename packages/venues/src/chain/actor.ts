import type { Action, Actor, Holding } from "@plimsoll/core/book";
import type { Result, Why } from "@plimsoll/core/units";
import type { LocalAccount, PublicClient } from "viem";
import type { Draft } from "./message.ts";
import { type MessengerOptions, type Understanding, messengerOf } from "./messenger.ts";
import { checkOperators } from "./operators.ts";
import type { ChainSource } from "./rpc.ts";

export type ActorOptions = MessengerOptions;

export interface Intent {
  readonly key: string;
  readonly holding: Holding;
  readonly action: Action;
}

/** What a venue's actor adds: its transactions, and how its contracts tell what became of them. */
export interface Drafting extends Understanding {
  /** The transactions of an action, by the state as it is now; the last one is the action itself. */
  readonly draft: (client: PublicClient, intent: Intent) => Promise<Result<readonly Draft[], Why>>;
}

/**
 * An actor whose every action is one message: sending it twice, or dearer, has one effect at most. It decides by what operators confirm,
 * and refuses to prepare anything on the word of one.
 */
export function chainActor(
  source: ChainSource,
  account: LocalAccount,
  drafting: Drafting,
  options: ActorOptions = {},
): Actor {
  const { reader, prepare, send, query, hasten } = messengerOf(source, account, drafting, options);
  return {
    prepare: async (key, holding, action, { feeCap } = {}) => {
      const confirmed = checkOperators(source);
      if (!confirmed.ok) return confirmed;
      const drafts = await drafting.draft(reader, { key, holding, action });
      return drafts.ok ? prepare(key, drafts.value, feeCap) : drafts;
    },
    send,
    query,
    hasten,
  };
}
