import type { Actor, Flow } from "@plimsoll/core/book";
import {
  type Result,
  type Why,
  assetId,
  divide,
  exact,
  fail,
  maxOf,
  minOf,
  ok,
  pow10,
  rescale,
  why,
} from "@plimsoll/core/units";
import {
  type ActorOptions,
  type Draft,
  type Lending,
  type Signed,
  type Transfer,
  allowanceDrafts,
  ask,
  lower,
  transferActor,
} from "@plimsoll/venues/chain";
import {
  type Hex,
  type LocalAccount,
  type PublicClient,
  type TransactionReceipt,
  decodeFunctionData,
  encodeFunctionData,
} from "viem";
import { actAbi, vatAbi } from "./abi.ts";
import { applySky } from "./apply.ts";
import { type Discovered, type SkySource, discover, ilkWord } from "./discover.ts";
import { sceneOf } from "./events.ts";
import { RAY } from "./fixed-point.ts";
import { isAll, paymentOf } from "./frob.ts";
import { usualGas } from "./gas.ts";
import type { SkyBody } from "./holding.ts";
import { skyAccount, skyId } from "./names.ts";
import { type Position, positionOf, rateAt } from "./position.ts";
import { readSkyBody } from "./read-holding.ts";
import { type SkySnapshot, readSnapshot } from "./snapshot.ts";
import { type Desk, readDesk } from "./snapshot-desk.ts";
import { walletOf } from "./wallet.ts";

const gasOf = {
  join: { gas: 200_000n, usualGas: usualGas.tokens },
  exit: { gas: 200_000n, usualGas: usualGas.tokens },
  drip: { gas: 200_000n, usualGas: usualGas.drip },
  frob: { gas: 300_000n, usualGas: usualGas.frob },
};

/**
 * Repays and adds collateral to any vault from the wallet of `account`: the core lets everybody make a vault safer. Where the vault is that
 * wallet's own, or lets it, it also takes collateral out, to the wallet itself and to nobody else. A vault behind a proxy or a manager does
 * not let it.
 *
 * An action is tried on the engine first, at the state as it is now. It is one message of up to five transactions: the allowance for what
 * enters, the tokens into the core, the drip by which the engine counts, and the change of the vault; or the change, and the tokens out.
 * The core works in whole units of normalised debt: what enters covers an hour of interest, and what is not needed stays the wallet's in
 * the core and is used first the next time.
 */
export function skyActor(source: SkySource, account: LocalAccount, options?: ActorOptions): Actor {
  const paid: SkySource = { ...source, payer: lower(account.address) };
  const lending: Lending<SkyBody> = {
    ...{ venue: skyId, errors: actAbi, owner: source.user, readBody: readSkyBody },
    isMine: ({ owner, market, vaults }) =>
      owner === lower(source.user) &&
      market === source.market &&
      vaults.every(({ id, ilk }) => id === lower(source.urn) && ilk === source.ilk),
    draft: (client, action) => draftAction(client, paid, lower(account.address), action),
    flows: async (client, action, receipt) => {
      const core = await discover(client, paid);
      return core.ok ? readFlows(client, paid, core.value, action, receipt) : core;
    },
  };
  return transferActor(source, account, lending, options);
}

async function draftAction(
  client: PublicClient,
  source: SkySource,
  wallet: Hex,
  action: Transfer,
): Promise<Result<readonly Draft[], Why>> {
  const core = await discover(client, source);
  if (!core.ok) return core;
  const now = await readSnapshot(client, source, core.value);
  if (!now.ok) return now;
  const tried = tryAction(now.value, source, action);
  if (!tried.ok) return tried;
  const desk = await readDesk(client, source, core.value);
  if (!desk.ok) return desk;
  if (action.do === "withdraw" && !desk.value.mayTake) return fail(notAllowed(source, wallet));
  const vault: Vault = { ...tried.value, ...desk.value, core: core.value, source, wallet };
  const funds = walletOf(now.value.body, core.value.stable.asset);
  return ok(draftsOf[action.do](vault, funds === "unknown" ? 0n : funds));
}

interface Tried {
  readonly position: Position;
  /** Smallest units of the token. */
  readonly units: bigint | "all";
  /** RAY: the rate that an hour from now may have. */
  readonly rateLater: bigint;
}

/** The action on the engine, at the state as it is. */
function tryAction(snapshot: SkySnapshot, source: SkySource, action: Transfer): Result<Tried, Why> {
  const { body, terms } = snapshot;
  const found = positionOf(body, skyAccount(source.ilk, lower(source.urn)), terms);
  if (!found.ok) return found;
  const position = found.value;
  const rateLater = rateAt(position.held, body.timestamp + 3_600n);
  const { amount } = action;
  const decimals = action.do === "repay" ? 18 : position.terms.decimals;
  const named = amount === "all" ? 0n : rescale(amount, decimals, "down").digits;
  const applied = applySky(body, action, sceneOf(snapshot, source));
  const all = amount === "all" || (action.do === "repay" && isAll(position, named));
  return applied.ok ? ok({ position, units: all ? "all" : named, rateLater }) : applied;
}

/** One vault, what its wallet has in the core, and where tokens pass. */
interface Vault extends Tried, Desk {
  readonly core: Discovered;
  readonly source: SkySource;
  readonly wallet: Hex;
}

const draftsOf: Readonly<Record<Transfer["do"], (vault: Vault, funds: bigint) => readonly Draft[]>> = {
  supply: (vault) => {
    const { core, wallet, gemJoin, gemAllowed, loose, position, units } = vault;
    const step = pow10(18 - position.terms.decimals);
    const wanted = units === "all" ? 0n : units;
    const missing = maxOf(wanted - loose / step, 0n);
    return [
      ...allowanceDrafts(core.collateral.address, gemJoin, gemAllowed, missing),
      ...(missing > 0n ? [call(gemJoin, "join", [wallet, missing])] : []),
      ...changed(vault, wanted * step, 0n),
    ];
  },
  /** Normalised debt by the rate of now; enough for the rate of then, as far as the wallet reaches. */
  repay: (vault, funds) => {
    const { core, wallet, stableJoin, stableAllowed, credit, position, units, rateLater } = vault;
    const costOf = (dart: bigint) => maxOf(divide(dart * rateLater - credit, RAY, "up"), 0n);
    const wanted = paymentOf(position, units).dart;
    const isPart = wanted < position.vault.art && costOf(wanted) > funds;
    const dart = isPart ? minOf(wanted, (funds * RAY + credit) / rateLater) : wanted;
    const missing = minOf(costOf(dart), funds);
    return [
      ...allowanceDrafts(core.stable.address, stableJoin, stableAllowed, missing),
      ...(missing > 0n ? [call(stableJoin, "join", [wallet, missing])] : []),
      ...changed(vault, 0n, -dart),
    ];
  },
  withdraw: (vault) => {
    const { wallet, gemJoin, position, units } = vault;
    const step = pow10(18 - position.terms.decimals);
    const taken = units === "all" ? position.vault.ink / step : units;
    return [...changed(vault, -taken * step, 0n), call(gemJoin, "exit", [wallet, taken])];
  },
};

/** The drip and the change of the vault; tokens come from the wallet's part of the core and go there. */
const changed = ({ core, source, wallet }: Vault, dink: bigint, dart: bigint): readonly Draft[] => [
  call(source.jug, "drip", [ilkWord(source)]),
  call(core.vat, "frob", [ilkWord(source), source.urn, wallet, wallet, dink, dart]),
];

const call = (to: Hex, functionName: keyof typeof gasOf, args: readonly unknown[]): Draft => ({
  to,
  data: (encodeFunctionData as (call: object) => Hex)({ abi: actAbi, functionName, args }),
  ...gasOf[functionName],
});

const notAllowed = ({ urn }: SkySource, wallet: Hex): Why =>
  why("sky/vault-of-another", {
    vault: urn,
    wallet,
    next: "the vault's owner in the core has to let this wallet (hope), or take it out by the proxy that owns it",
  });

/** What moved, from what was called: the core emits no events. A repayment is its normalised debt at that block's rate. */
async function readFlows(
  client: PublicClient,
  source: SkySource,
  { vat, collateral, stable }: Discovered,
  { data }: Signed,
  { blockNumber }: TransactionReceipt,
): Promise<Result<readonly Flow[], Why>> {
  const { functionName, args } = decodeFunctionData({ abi: actAbi, data });
  const ofGem = (units: bigint) =>
    ok([{ asset: assetId(collateral.asset), amount: exact(units, collateral.decimals) }]);
  if (functionName === "exit") return ofGem(args[1]);
  if (functionName !== "frob") return ok([]);
  const [, , , , dink, dart] = args;
  if (dink > 0n) return ofGem(dink / pow10(18 - collateral.decimals));
  const word = ilkWord(source);
  const ilk = await ask("vat.ilks", () =>
    client.readContract({ address: vat, abi: vatAbi, functionName: "ilks", args: [word], blockNumber }),
  );
  if (!ilk.ok) return ilk;
  return ok([{ asset: assetId(stable.asset), amount: exact(divide(-dart * ilk.value[1], RAY, "up"), 18) }]);
}
