import { maintenanceOf } from "@plimsoll/core/risk";
import {
  type Exact,
  type Ms,
  type Result,
  type Why,
  dec,
  fail,
  multiply,
  ok,
  quotient,
  rescale,
  text,
  why,
} from "@plimsoll/core/units";
import { engineOf } from "@plimsoll/venues";
import type { WrittenAccount } from "./drill.ts";
import { readAccounts } from "./read-book.ts";

/** How an amount of one of a loan's two coins becomes one of the other, worth the same at the start. */
export interface Swap {
  to(asset: string, amount: Exact): { readonly asset: string; readonly amount: Exact };
}

/** An account seen from the other side; a swap where it is a loan. */
export interface Mirror {
  readonly mirror: WrittenAccount;
  readonly swap?: Swap;
}

/** Longs become shorts, and what lies there for them lies on the other side. In a loan of two coins collateral and debt change places, at the same health. */
export function mirrorAccount(account: WrittenAccount, at: Ms): Result<Mirror, Why> {
  const positions = account["positions"];
  if (Array.isArray(positions))
    return ok({ mirror: { ...account, positions: positions.map(turned), ...restingOf(account) } });
  return mirrorLoan(account, at);
}

const turned = (position: Readonly<Record<string, unknown>>) => ({
  ...position,
  side: position["side"] === "long" ? "short" : "long",
});

interface WrittenOrder {
  readonly instrument: string;
  readonly side: string;
  readonly trigger?: { readonly price: string; readonly when: string };
}
function restingOf({ resting, marks }: WrittenAccount) {
  if (!Array.isArray(resting)) return {};
  const first = marks as Readonly<Record<string, { readonly price: string }>>;
  const orders = (resting as readonly WrittenOrder[]).map((order) => {
    const side = order.side === "sell" ? "buy" : "sell";
    if (order.trigger === undefined) return { ...order, side };
    const when = order.trigger.when === "at-or-below" ? "at-or-above" : "at-or-below";
    const price = text(acrossFrom(dec(first[order.instrument]!.price), dec(order.trigger.price)));
    return { ...order, side, trigger: { ...order.trigger, when, price } };
  });
  return { resting: orders };
}
/** As far from the first price as before, in logarithms, on the other side; on the tick that every listed contract has. */
const acrossFrom = (first: Exact, price: Exact): Exact => quotient(multiply(first, first), price, 1, "half-even");

interface Amount {
  readonly asset: string;
  readonly amount: Exact;
}
function amountsOf(written: unknown): readonly Amount[] {
  if (!Array.isArray(written)) return [];
  return written.map((each) => {
    const [amount = "0", asset = ""] = String(each).split(/\s+/);
    return { amount: dec(amount), asset };
  });
}

/** Digits of a swapped amount: every coin here has at least as many. */
const DIGITS = 6;

function mirrorLoan(account: WrittenAccount, at: Ms): Result<Mirror, Why> {
  const unturned = (detail: string) => fail(why("drill/no-mirror", { account: account.name, detail }));
  const [[collateral, ...more], [debt, ...others]] = [amountsOf(account["collateral"]), amountsOf(account["debt"])];
  const prices = account["prices"] as Readonly<Record<string, { readonly price: string }>> | undefined;
  if (collateral === undefined || debt === undefined || more.length + others.length > 0 || prices === undefined)
    return unturned("only a loan of one coin against one other has another side");
  const priceOf = (asset: string): Exact => dec(String(prices[asset]?.price ?? "1"));
  const swap: Swap = {
    to(asset, amount) {
      const other = asset === debt.asset ? collateral.asset : asset === collateral.asset ? debt.asset : asset;
      const worth = quotient(multiply(amount, priceOf(asset)), priceOf(other), DIGITS, "down");
      return other === asset ? { asset, amount } : { asset: other, amount: worth };
    },
  };
  const write = ({ asset, amount }: Amount) => `${text(amount)} ${asset}`;
  const sides = (owed: Exact): WrittenAccount => ({
    ...account,
    collateral: [write(swap.to(collateral.asset, collateral.amount))],
    debt: [write({ asset: collateral.asset, amount: owed })],
    ...(account["wallet"] !== undefined && {
      wallet: amountsOf(account["wallet"]).map((each) => write(swap.to(each.asset, each.amount))),
    }),
  });
  const owed = swap.to(debt.asset, debt.amount).amount;
  const [was, is] = [healthOf(account, at), healthOf(sides(owed), at)];
  if (was === undefined || is === undefined)
    return unturned(`${debt.asset} cannot be collateral for ${collateral.asset} there`);
  const same = rescale(quotient(multiply(owed, is), was, DIGITS, "down"), DIGITS, "down");
  return ok({ mirror: sides(same), swap });
}

function healthOf(account: WrittenAccount, at: Ms): Exact | undefined {
  const read = readAccounts([account], at);
  if (!read.ok) return undefined;
  const quotes = new Map(
    read.value.flatMap((event) =>
      event.type === "price" ? [[event.key, { value: event.price, kind: event.kind, asOf: event.at }] as const] : [],
    ),
  );
  const holding = read.value.find((event) => event.type === "holding")?.holding;
  const terms = read.value.find((event) => event.type === "terms")?.terms;
  const engine = holding && engineOf(holding.venue, holding.rules);
  if (holding === undefined || terms === undefined || engine === undefined) return undefined;
  const [unit] = engine.accounts(holding);
  return unit && maintenanceOf(engine.assess(holding, unit, { now: at, quotes, terms }))?.health;
}
