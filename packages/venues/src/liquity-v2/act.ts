import type { Actor, Flow } from "@plimsoll/core/book";
import { type Result, type Why, absolute, assetId, exact, ok, rescale } from "@plimsoll/core/units";
import {
  type ActorOptions,
  type Draft,
  type Lending,
  type Transfer,
  aggregateOf,
  allowanceDrafts,
  lower,
  ownWallet,
  transferActor,
} from "@plimsoll/venues/chain";
import {
  type Hex,
  type LocalAccount,
  type PublicClient,
  type TransactionReceipt,
  encodeFunctionData,
  parseEventLogs,
} from "viem";
import { actAbi, deskAbi } from "./abi.ts";
import { applyLiquity } from "./apply.ts";
import { troveNow } from "./debt.ts";
import { type Discovered, type LiquitySource, discover } from "./discover.ts";
import { sceneOf } from "./events.ts";
import { usualGas } from "./gas.ts";
import type { LiquityBody } from "./holding.ts";
import { liquityV2Id, troveAccount } from "./names.ts";
import { positionOf } from "./position.ts";
import { readLiquityBody } from "./read-holding.ts";
import { type LiquitySnapshot, readSnapshot } from "./snapshot.ts";
import type { LiquityTerms } from "./terms.ts";

const actionGas = { gas: 1_200_000n, usualGas };

/**
 * Repays and adds collateral to a trove from the wallet of `account`, which may be another's than the owner's where the trove has no
 * manager for that. Where it is the owner's own, it also takes collateral out and repays all, which closes the trove: what comes back
 * goes to the owner and to nobody else.
 *
 * An action is tried on the engine first, at the state as it is now. The stablecoin is burned out of the wallet without any allowance;
 * collateral is allowed for exactly what enters.
 */
export function liquityActor(
  source: LiquitySource,
  account: LocalAccount,
  constants: LiquityTerms,
  options?: ActorOptions,
): Actor {
  const paid: LiquitySource = { ...source, payer: lower(account.address) };
  const lending: Lending<LiquityBody> = {
    ...{ venue: liquityV2Id, errors: actAbi, owner: source.user, readBody: readLiquityBody },
    isMine: ({ owner, market, troves }) =>
      owner === lower(source.user) && market === source.market && troves.every(({ id }) => id === `${source.trove}`),
    draft: (client, action) => draftAction(client, paid, constants, action),
    flows: async (client, _action, receipt) => {
      const branch = await discover(client, paid);
      return branch.ok ? ok(readFlows(receipt, paid, branch.value)) : branch;
    },
  };
  return transferActor(source, account, lending, options);
}

async function draftAction(
  client: PublicClient,
  source: LiquitySource,
  constants: LiquityTerms,
  action: Transfer,
): Promise<Result<readonly Draft[], Why>> {
  const branch = await discover(client, source);
  if (!branch.ok) return branch;
  const now = await readSnapshot(client, source, branch.value, constants);
  if (!now.ok) return now;
  const call = tryAction(now.value, source, branch.value, action);
  if (!call.ok) return call;
  const desk = await readDesk(client, source, branch.value);
  if (!desk.ok) return desk;
  const { owner, operations, allowed } = desk.value;
  const { name, amount } = call.value;
  const own = name === "closeTrove" || name === "withdrawColl" ? ownWallet(source.payer, owner) : ok("");
  if (!own.ok) return own;
  const data =
    name === "closeTrove"
      ? encodeFunctionData({ abi: actAbi, functionName: name, args: [source.trove] })
      : encodeFunctionData({ abi: actAbi, functionName: name, args: [source.trove, amount] });
  return ok([
    ...allowanceDrafts(branch.value.collateral.address, operations, allowed, name === "addColl" ? amount : 0n),
    { to: operations, data, ...actionGas },
  ]);
}

interface Call {
  readonly name: "addColl" | "withdrawColl" | "repayBold" | "closeTrove";
  readonly amount: bigint;
}

/**
 * The action on the engine, at the state as it is. What was the whole debt when it was decided is less than it now: an amount that is short
 * of it by an hour's interest at the most is meant as all, since a rest below the least debt would be cut.
 */
function tryAction(
  snapshot: LiquitySnapshot,
  source: LiquitySource,
  { collateral }: Discovered,
  action: Transfer,
): Result<Call, Why> {
  const { body, terms } = snapshot;
  const position = positionOf(body, troveAccount(collateral.asset, `${source.trove}`), terms);
  if (!position.ok) return position;
  const { trove, branch, batch, now } = position.value;
  const inAnHour = troveNow({ ...body, timestamp: body.timestamp + 3_600n }, trove, branch, batch);
  const named = action.amount === "all" ? undefined : rescale(action.amount, 18, "down").digits;
  const isAll = action.do === "repay" && (named === undefined || named + (inAnHour.debt - now.debt) >= now.debt);
  const applied = applyLiquity(body, isAll ? { ...action, amount: "all" } : action, sceneOf(snapshot, source));
  if (!applied.ok) return applied;
  if (action.do === "withdraw") return ok({ name: "withdrawColl", amount: named ?? now.coll });
  if (action.do === "supply") return ok({ name: "addColl", amount: named ?? 0n });
  return ok({ name: isAll ? "closeTrove" : "repayBold", amount: named ?? now.debt });
}

/** Where operations are sent, whose the trove is, and what of the collateral they may take. */
interface Desk {
  readonly owner: Hex;
  readonly operations: Hex;
  readonly allowed: bigint;
}

async function readDesk(
  client: PublicClient,
  { registry, trove, payer, user, ...source }: LiquitySource,
  { collateral }: Discovered,
): Promise<Result<Desk, Why>> {
  const first = aggregateOf(deskAbi);
  const [operations, troves] = [first.add(registry, "borrowerOperations"), first.add(registry, "troveNFT")];
  const found = await first.run(client, source);
  if (!found.ok) return found;
  const batch = aggregateOf(deskAbi);
  const owner = batch.add(troves(), "ownerOf", trove);
  const allowed = batch.add(collateral.address, "allowance", payer ?? user, operations());
  const read = await batch.run(client, source);
  return read.ok ? ok({ owner: lower(owner()), operations: lower(operations()), allowed: allowed() }) : read;
}

/** What entered the trove or left it, by the trove manager's own event; collateral and debt of a closed one both did. */
function readFlows(
  { logs }: TransactionReceipt,
  { trove }: LiquitySource,
  { troveManager, stable, collateral }: Discovered,
): readonly Flow[] {
  const events = parseEventLogs({ abi: actAbi, logs: logs.filter(({ address }) => lower(address) === troveManager) });
  return events.flatMap(({ args }): readonly Flow[] => {
    if (args.troveId !== trove) return [];
    const moved = [
      [stable.asset, args.debtChangeFromOperation],
      [collateral.asset, args.collChangeFromOperation],
    ] as const;
    return moved.flatMap(([asset, by]) =>
      by === 0n ? [] : [{ asset: assetId(asset), amount: exact(absolute(by), 18) }],
    );
  });
}
