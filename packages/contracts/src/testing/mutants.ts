import { strict as assert } from "node:assert";

/** One bound of the contracts, taken away. */
export interface Mutant {
  readonly name: string;
  /** Which rules are tried first. */
  readonly hint: string;
}

/** Every mutant sleeps in the same bytecode: it wakes where the block's coinbase is its number. */
const awake = (index: number) => `(uint160(address(block.coinbase)) == ${firstCoinbase + index})`;
export const firstCoinbase = 0xbeef_0000;

type Wake = (on: string) => string;
// What is no refusal of its own: file, text, and the text with the bound gone while `on` holds.
// oxfmt-ignore
const byHand: readonly (readonly [file: string, text: string, hint: string, mutated: Wake])[] = [
  ["Policies", "= word | bit;", "NonceUsed", (on) => `= ${on} ? word : word | bit;`],
  ["Policies", "state.spent += uint88(value);", "caps", (on) => `if (!${on}) state.spent += uint88(value);`],
  ["Policies", "state.bounty += uint80(bounty);", "bounty", (on) => `if (!${on}) state.bounty += uint80(bounty);`],
  ["Policies", "states[owner][id].lastCall = uint40(block.timestamp);", "CoolingDown", (on) => `if (!${on}) states[owner][id].lastCall = uint40(block.timestamp);`],
  ["Policies", "(state.windowStart, state.spent, state.bounty) = (0, 0, 0);", "NothingToRepay", (on) => `if (!${on}) (state.windowStart, state.spent, state.bounty) = (0, 0, 0);`],
  ["Policies", "return executors.length == 0;", "NotExecutor", (on) => `return ${on} || executors.length == 0;`],
  ["Policies", "state.armed = false;", "NotArmed", (on) => `if (!${on}) state.armed = false;`],
  ["Signatures", "signature.length == 65 && ", "InvalidSignature", (on) => `(${on} ? signature.length > 64 : signature.length == 65) && `],
  ["Signatures", "owner != address(0) && ", "InvalidSignature", (on) => `(${on} || owner != address(0)) && `],
  ["Signatures", "recover(digest, signature) == owner", "InvalidSignature", (on) => `(${on} || recover(digest, signature) == owner)`],
  ["Signatures", "if (uint256(s) > HALF_ORDER)", "InvalidSignature", (on) => `if (!${on} && uint256(s) > HALF_ORDER)`],
  ["Signatures", "return done && answer == bytes32(VALID);", "EIP-1271", (on) => `return done && (${on} || answer == bytes32(VALID));`],
  ["PolicyHash", "block.chainid, address(this)", "InvalidSignature", (on) => `(${on} ? 1 : block.chainid), address(this)`],
  ["PolicyHash", ", address(this))", "InvalidSignature", (on) => `, ${on} ? address(0) : address(this))`],
  ["PolicyHash", "keccak256(abi.encode(CAPS, policy.caps))", "InvalidSignature", (on) => `${on} ? bytes32(0) : keccak256(abi.encode(CAPS, policy.caps))`],
  ["PolicyHash", "keccak256(abi.encodePacked(policy.executors))", "NotArmed", (on) => `${on} ? bytes32(0) : keccak256(abi.encodePacked(policy.executors))`],
  ["Lock", "store(EXPECTED, 0);", "Morpho", (on) => `if (!${on}) store(EXPECTED, 0);`],
  ["Bounds", "least((bonus * pinned.bonusShare) / BPS, pinned.ceiling)", "cost", (on) => `(${on} ? (bonus * pinned.bonusShare) / BPS : least((bonus * pinned.bonusShare) / BPS, pinned.ceiling))`],
  ["Bounds", "(bonus * pinned.bonusShare) / BPS, ", "cost", (on) => `${on} ? bonus : (bonus * pinned.bonusShare) / BPS, `],
  ["Bounds", "between(least(pinned.atTrigger, most), most, dangerNow)", "cost", (on) => `between(least(pinned.atTrigger, most), most, ${on} ? WAD : dangerNow)`],
  ["Bounds", "between(least(pinned.atTrigger, most)", "cost", (on) => `between(${on} && pinned.atTrigger > most ? most + 14 : least(pinned.atTrigger, most)`],
  ["Bounds", "between(pinned.atTrigger, pinned.atUrgent, dangerNow)", "bounty", (on) => `between(pinned.atTrigger, pinned.atUrgent, ${on} ? WAD : dangerNow)`],
  ["Lots", "venue > second ? venue : second", "CostAboveBound", (on) => `${on} ? venue : venue > second ? venue : second`],
  ["Lots", "venue > second ? venue : second", "CostAboveBound", (on) => `${on} ? second : venue > second ? venue : second`],
  ["Lots", "return lot.threshold * (Bounds.BPS + lot.cost)", "SellingLowersHealth", (on) => `return lot.threshold * (${on} ? Bounds.BPS : Bounds.BPS + lot.cost)`],
  ["Market", "if (data.aToken == address(0)) return found;", "dropped", (on) => `if (!${on} && data.aToken == address(0)) return found;`],
  ["Market", "return found.debtToken == address(0) ? 0 : ", "dropped", (on) => `return !${on} && found.debtToken == address(0) ? 0 : `],
  ["Market", "&& config & PAUSED == 0", "NothingToSell", (on) => `&& (${on} || config & PAUSED == 0)`],
  ["Market", "return Bounds.least(owned, pool.getVirtualUnderlyingBalance(asset));", "NothingToSell", (on) => `return ${on} ? owned : Bounds.least(owned, pool.getVirtualUnderlyingBalance(asset));`],
  ["Market", ": config & 0xffff == 0;", "order", (on) => `: !${on} && config & 0xffff == 0;`],
  ["Market", "inMode ? owner.mode.liquidationBonus : ", "e-mode", (on) => `inMode && !${on} ? owner.mode.liquidationBonus : `],
  ["Market", "inMode ? owner.mode.liquidationThreshold : ", "e-mode", (on) => `inMode && !${on} ? owner.mode.liquidationThreshold : `],
  ["Market", "(owner.zeroInMode >> data.id) & 1 != 0 || ", "e-mode", (on) => `!${on} && (owner.zeroInMode >> data.id) & 1 != 0 || `],
  ["Market", "found.lends = found.open && config & FLASH != 0;", "loop", (on) => `found.lends = found.open && (${on} || config & FLASH != 0);`],
  ["References", "source == pinned.second", "SourceChanged", (on) => `(!${on} && source == pinned.second)`],
  ["References", "block.timestamp - updatedAt > maxAge", "StalePrice", (on) => `(!${on} && block.timestamp - updatedAt > maxAge)`],
  ["References", "updatedAt > block.timestamp || ", "StalePrice", (on) => `!${on} && updatedAt > block.timestamp || updatedAt <= block.timestamp && `],
  ["References", "checkAge(pinned.asset, pinned.heartbeat == address(0) ? source : pinned.heartbeat, pinned.sourceMaxAge);", "StalePrice", (on) => `if (!${on}) checkAge(pinned.asset, pinned.heartbeat == address(0) ? source : pinned.heartbeat, pinned.sourceMaxAge);`],
  ["References", "checkAge(pinned.asset, pinned.second, pinned.secondMaxAge);", "StalePrice", (on) => `if (!${on}) checkAge(pinned.asset, pinned.second, pinned.secondMaxAge);`],
  ["References", "price == 0 || ", "NoPrice", (on) => `!${on} && price == 0 || `],
  ["References", "price > uint256(type(int256).max) || ", "NoPrice", (on) => `!${on} && price > uint256(type(int256).max) || `],
  ["References", "decimals > 18)", "NoPrice", (on) => `!${on} && decimals > 18)`],
  ["Surveyor", "Bounds.least(policy.caps.perCall, left(policy.caps.perPeriod, used.spent))", "caps", (on) => `${on} ? left(policy.caps.perPeriod, used.spent) : Bounds.least(policy.caps.perCall, left(policy.caps.perPeriod, used.spent))`],
  ["Surveyor", "Bounds.least(policy.caps.perCall, left(policy.caps.perPeriod, used.spent))", "caps", (on) => `${on} ? policy.caps.perCall : Bounds.least(policy.caps.perCall, left(policy.caps.perPeriod, used.spent))`],
  ["Surveyor", "Bounds.least(policy.bounty.perCall, left(policy.bounty.perPeriod, used.bounty))", "bounty", (on) => `${on} ? left(policy.bounty.perPeriod, used.bounty) : Bounds.least(policy.bounty.perCall, left(policy.bounty.perPeriod, used.bounty))`],
  ["Surveyor", "Bounds.least(policy.bounty.perCall, left(policy.bounty.perPeriod, used.bounty))", "bounty", (on) => `${on} ? policy.bounty.perCall : Bounds.least(policy.bounty.perCall, left(policy.bounty.perPeriod, used.bounty))`],
  ["Surveyor", "Bounds.least(share, unitsOf(what, most))", "bounty", (on) => `${on} ? share : Bounds.least(share, unitsOf(what, most))`],
  ["Surveyor", "Bounds.least(repay, Bounds.least(found.owes, found.cap))", "PriceNotReached", (on) => `${on} ? Bounds.least(repay, found.cap) : Bounds.least(repay, Bounds.least(found.owes, found.cap))`],
  ["Surveyor", "Bounds.least(repay, Bounds.least(found.owes, found.cap))", "cap", (on) => `Bounds.least(repay, ${on} ? found.owes : Bounds.least(found.owes, found.cap))`],
  ["Surveyor", "lends && share <= policy.cost.maxPremium", "flash premium", (on) => `lends && (${on} || share <= policy.cost.maxPremium)`],
  ["Surveyor", "what.pool.getVirtualUnderlyingBalance(debt) >= found.repay", "flash source", (on) => `(${on} || what.pool.getVirtualUnderlyingBalance(debt) >= found.repay)`],
  ["Surveyor", "IToken(debt).balanceOf(morpho) >= found.repay", "Morpho", (on) => `(${on} || IToken(debt).balanceOf(morpho) >= found.repay)`],
  ["Surveyor", "else if (found.health > Bounds.WAD)", "NoFlashSource", (on) => `else if (${on} || found.health > Bounds.WAD)`],
  ["Surveyor", "if (stuck) found[i].free = 0;", "order", (on) => `if (stuck && !${on}) found[i].free = 0;`],
  ["Surveyor", "if (!reserve.locks) continue;", "order", (on) => `if (${on} || !reserve.locks) continue;`],
  ["Surveyor", "if (assets[i].asset == asset) return assets[i];", "NotAllowed", (on) => `if (${on} || assets[i].asset == asset) return assets[i];`],
  ["Surveyor", "if (higher <= pinned.stopLoss", "PriceNotReached", (on) => `if ((${on} ? lower : higher) <= pinned.stopLoss`],
  ["Surveyor", "lower >= pinned.takeProfit", "PriceNotReached", (on) => `(${on} ? higher : lower) >= pinned.takeProfit`],
  ["Surveyor", "revert IGuardian.PriceNotReached();", "PriceNotReached", (on) => `if (!${on}) revert IGuardian.PriceNotReached();`],
  ["Surveyor", "return unsold <= SPECK", "BelowBand", (on) => `return ${on} || unsold <= SPECK`],
  ["Surveyor", "unsold <= value / SPECKS", "gift", (on) => `unsold <= (${on} ? value : value / SPECKS)`],
  ["Surveyor", "owes != 0 && ", "dropped", (on) => `(${on} || owes != 0) && `],
  ["Surveyor", "if (health <= lot.limit()) return 0;", "in doubt", (on) => `if (!${on} && health <= lot.limit()) return 0;`],
  ["Guardian", "return SURVEYOR.isLargest(policy, debt, found.repayValue);", "closing a speck", (on) => `return ${on} || SURVEYOR.isLargest(policy, debt, found.repayValue);`],
  ["Guardian", "return found.lots.length != 0 && ", "BelowBand", (on) => `return (${on} || found.lots.length != 0) && `],
  ["Surveyor", "> value) return false;", "a debt that is gone", (on) => `> value && !${on}) return false;`],
  ["Surveyor", "checkMarket(policy, what.pool);\n        if (closing)", "UnknownRevision", (on) => `if (!${on}) checkMarket(policy, what.pool);\n        if (closing)`],
  ["Surveyor", "if (closing) checkClosePrice(policy);", "PriceNotReached", (on) => `if (closing) { if (!${on}) checkClosePrice(policy); }`],
  ["Surveyor", "else checkTrigger(policy, found.health);", "NotTriggered", (on) => `else if (!${on}) checkTrigger(policy, found.health);`],
  ["Surveyor", "found.drained = true;", "reserve", (on) => `found.drained = !${on};`],
  ["Tokens", "if (attempt(token, approval)) return;", "USDT", (on) => `if (${on} || attempt(token, approval)) return;`],
  ["Tokens", "answered >= 32 && answer == 1", "TokenFailed", (on) => `answered >= 32 && (${on} || answer == 1)`],
  ["Swapper", "if gt(size, REASON) { size := REASON }", "RouteFailed", (on) => `if and(gt(size, REASON), iszero(eq(coinbase(), ${on.match(/\d{6,}/)![0]}))) { size := REASON }`],
  ["Swapper", "uint256 keptIn = ", "conservation", (on) => `uint256 keptIn = ${on} ? 0 : `],
  ["Swapper", "uint256 keptOut = ", "conservation", (on) => `uint256 keptOut = ${on} ? 0 : `],
  ["Guardian", "job.start = IToken(debt).balanceOf(address(this));", "conservation", (on) => `job.start = ${on} ? 0 : IToken(debt).balanceOf(address(this));`],
  ["Guardian", "Tokens.send(debt, policy.owner, outcome.returned);", "conservation", (on) => `Tokens.send(debt, ${on} ? msg.sender : policy.owner, outcome.returned);`],
  ["Sales", "Tokens.send(lot.asset, job.owner, unused);", "conservation", (on) => `if (!${on}) Tokens.send(lot.asset, job.owner, unused);`],
  ["Guardian", ": isInBand(policy, debt, found, outcome)", "AboveBand", (on) => `: (${on} || isInBand(policy, debt, found, outcome))`],
  ["Guardian", "if (isInBand(policy, debt, found, outcome))", "AboveBand", (on) => `if (${on} || isInBand(policy, debt, found, outcome))`],
  ["Guardian", "if (whole) stamp", "exhausted", (on) => `if (${on} || whole) stamp`],
];

/** Place just after the parenthesis that closes the one at `open`. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === "(") depth += 1;
    if (text[at] === ")" && (depth -= 1) === 0) return at + 1;
  }
  throw new Error("parentheses do not close");
}

/** The sources with every mutant asleep in them, and who they are. @param texts by path, without ending. */
export function sleeping(texts: Readonly<Record<string, string>>): {
  readonly texts: Readonly<Record<string, string>>;
  readonly mutants: readonly Mutant[];
} {
  const mutants: Mutant[] = [];
  const changed = Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, mayBeView(path, text)]));
  const add = (name: string, hint: string) => awake(mutants.push({ name, hint }) - 1);
  for (const [file, text, hint, mutated] of byHand) {
    const before: string = changed[file]!;
    const place = before.indexOf(text);
    assert.notEqual(place, -1, `${file} no longer says: ${text}`);
    // Later mutants of the same text are put around the earlier one's alternative.
    changed[file] = before.replace(text, () => mutated(add(`${file}: ${text}`, hint)));
  }
  for (const file of Object.keys(changed).filter((path) => !path.includes("/")))
    changed[file] = wakeRefusals(file, changed[file]!, add);
  return { texts: changed, mutants };
}

/** Reading the coinbase is not pure. */
const mayBeView = (path: string, text: string) => (path.includes("/") ? text : text.replaceAll(/\bpure\b/g, "view"));

type Add = (name: string, hint: string) => string;

/** Each `if (...) revert`, each `must(...)` and each `exact(...)` loses its force. */
function wakeRefusals(file: string, text: string, add: Add): string {
  let made = "";
  let from = 0;
  for (const { 0: word, index } of text.matchAll(/\bif \(|\bmust\((?!bool)|(?<!function )\bexact\(/g)) {
    if (index < from) continue;
    const open = index + word.length - 1;
    const end = closing(text, open);
    const condition = text.slice(open + 1, end - 1);
    const refusal = /^\s*\{?\s*revert (?:IGuardian\.)?(\w+)/.exec(text.slice(end));
    if (word === "if (" && refusal === null) continue;
    made += text.slice(from, index);
    from = end;
    const label = condition.replaceAll(/\s+/g, " ");
    if (word === "if (") {
      made += `if (!${add(`${file}: ${refusal![1]} if ${label}`, refusal![1]!)} && (${condition}))`;
    } else if (word === "must(") {
      const comma = condition.lastIndexOf(",");
      const parts = condition.slice(0, comma).split("&&");
      const field = condition.slice(comma);
      made += parts
        .map(
          (part) =>
            `must(${add(`${file}: must ${part.trim()}`, `InvalidPolicy${field.replaceAll(/[,"]/g, "")}`)} || (${part})${field})`,
        )
        .join("; ");
    } else {
      made += `if (!${add(`${file}: exact ${label}`, "InexactToken")}) exact(${condition})`;
    }
  }
  return made + text.slice(from);
}
