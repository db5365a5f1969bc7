import { type Why, why } from "@plimsoll/core/units";
import { type Hex, decodeErrorResult, hexToString, trim } from "viem";
import { guardianAbi } from "./bindings/index.ts";

const renew = "repay from the wallet's reserve until the owner arms a new policy";
const waits = "nothing was sent: look again at the next block";

/** What to do next, by the contract's error; the others say it by their facts. */
const nexts: Readonly<Record<string, string>> = {
  NotTriggered: "nothing has to be done: health is not below the trigger",
  CoolingDown: "wait until then, or until health is at urgent",
  Expired: "the owner has to arm a new policy",
  NotExecutor: "run the executor with one of the policy's addresses",
  NotArmed: "arm the policy first",
  NonceUsed: "sign the policy with another nonce",
  WrongEpoch: "sign the policy for the owner's present epoch",
  CapExceeded: "ask for the cap at most",
  NothingToRepay: "nothing is owed of this asset, or no cap is left in this period",
  UnknownRevision: renew,
  OracleChanged: renew,
  SourceChanged: renew,
  NoPrice: renew,
  StalePrice: renew,
  PricesDisagree: renew,
  NothingToSell: "no allowed collateral can leave now: repay from the wallet's reserve",
  SellingLowersHealth: "selling this collateral would lower health: repay from the wallet's reserve",
  BelowBand: "repay more",
  GasTooLow: "send more gas",
  AboveBand: "repay less",
  CostAboveBound: "the routes ask more than the policy allows: configure others, or wait for a larger bound",
  PositionChanged:
    "the route moved the venue's price or the position: take another, and refresh prices before the call",
  ProceedsTooLow: "the routes bring too little: sell more, or configure others",
};

const say = (value: unknown): string => (Array.isArray(value) ? value.map(say).join(",") : String(value));

/** The guardian's refusal by its name, with its figures as facts. */
export function refusalOf(data: Hex): Why {
  try {
    const { errorName, args } = decodeErrorResult({ abi: guardianAbi, data });
    const entry = guardianAbi.find((each) => each.type === "error" && each.name === errorName);
    const names = entry?.type === "error" ? entry.inputs.map(({ name }) => name) : [];
    const facts = Object.fromEntries(names.map((name, place) => [name, factOf(errorName, (args ?? [])[place])]));
    return why("guardian/refused", { reason: errorName, ...facts, next: nexts[errorName] ?? waits });
  } catch {
    return why("guardian/refused", { reason: data === "0x" ? "no reason given" : data.slice(0, 74), next: waits });
  }
}

/** The field of an invalid policy is text in 32 bytes. */
const factOf = (error: string, value: unknown): string =>
  error === "InvalidPolicy" ? hexToString(trim(value as Hex, { dir: "right" })) : say(value);
