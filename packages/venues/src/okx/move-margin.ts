import type { Action } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type Result,
  type Why,
  ZERO,
  assetId,
  compare,
  fail,
  isNegative,
  isZero,
  larger,
  negate,
  ok,
  quotient,
  smaller,
  text,
  why,
} from "@plimsoll/core/units";
import { type Account, accountOf, crossKey } from "./accounts.ts";
import { pay, payIsolated } from "./fill.ts";
import type { Body, ContractPosition } from "./holding.ts";
import type { OkxTerms } from "./terms.ts";
import { type Totals, balanceOf, totalsOf } from "./totals.ts";

type MoveMargin = Extract<Action, { readonly do: "move-margin" }>;

/** Margin moves carry at most this many decimals. */
export const MOVE_SCALE = 8;

/** The position that a move is for and whether it puts in, or why there is no such move. */
export function checkMove(
  body: Body,
  { amount, from, to, asset }: MoveMargin,
): Result<{ readonly position: ContractPosition; readonly adding: boolean }, Why> {
  if (isZero(amount) || isNegative(amount) || amount.scale > MOVE_SCALE)
    return fail(
      why("okx/bad-amount", {
        amount: text(amount),
        next: `write an amount above 0 with at most ${MOVE_SCALE} decimals`,
      }),
    );
  const position = isolatedIn(accountOf(body, from)) ?? isolatedIn(accountOf(body, to));
  const cross = position && crossKey(body.mode, position.coin);
  const adding = from === cross;
  if (position !== undefined && (adding || to === cross) && asset === assetId(position.coin))
    return ok({ position, adding });
  return fail(
    why("okx/no-such-move", {
      from,
      to,
      asset,
      next: "move a position's own coin between its cross account and the isolated position",
    }),
  );
}

/** Moves margin between the cross account and an isolated contract position, as far as the source can spare it. */
export function moveMargin(body: Body, move: MoveMargin, scene: Scene<OkxTerms>): Result<Body, Why> {
  const { amount, from } = move;
  const checked = checkMove(body, move);
  if (!checked.ok) return checked;
  const { position, adding } = checked.value;
  const most = spendable(body, from, position.coin, scene);
  if (!most.ok) return most;
  if (compare(amount, most.value) > 0)
    return fail(
      why("okx/margin-insufficient", {
        account: from,
        amount: text(amount),
        free: text(most.value),
        next: "move less",
      }),
    );
  const change = adding ? amount : negate(amount);
  return ok(payIsolated(pay(body, position.coin, negate(change)), position, change));
}

const isolatedIn = (account: Account | undefined): ContractPosition | undefined =>
  account?.is === "isolated" && account.position.kind === "contract" ? account.position : undefined;

/**
 * Coins that can leave an account: free margin, and no more than the cash there, so that nothing is borrowed. In the account
 * of all coins a coin counts at most its full value, so free USD / index is always a safe amount.
 * @source README.md rule 13.
 */
export function spendable(body: Body, key: Account["key"], coin: string, scene: Scene<OkxTerms>): Result<Exact, Why> {
  const account = accountOf(body, key);
  if (account === undefined) return fail(why("okx/no-account", { account: key, next: "read the account again" }));
  const totals = totalsOf(account, body, scene);
  if (!totals.ok) return totals;
  const { free } = totals.value;
  if (free === undefined)
    return fail(
      why("okx/no-initial-margin", { account: key, next: "read every leverage setting, repay what is owed" }),
    );
  if (account.is === "isolated") return ok(free);
  const cash = larger(ZERO, balanceOf(body, coin));
  if (account.is === "coin") return ok(smaller(free, cash));
  return ok(smaller(ofAllCoins(totals.value, free, coin), cash));
}

function ofAllCoins({ coins }: Totals, free: Exact, coin: string): Exact {
  const found = coins.find((each) => each.coin === coin);
  if (found === undefined) return ZERO;
  return smaller(larger(ZERO, found.equity), quotient(free, found.index, MOVE_SCALE, "floor"));
}
