import { invariant } from "@plimsoll/core/units";
import { type Chain, type Contract, openDouble, startChain, transact } from "@plimsoll/sim/chain";
import { type Hex, stringToHex } from "viem";
import type { SkySource } from "@plimsoll/venues/sky";

const RAY = 10n ** 27n;
const WAD = 10n ** 18n;
const word = stringToHex("ETH-A", { size: 32 });

/** Our own core in Solidity with one vault type, on a chain of its own: WETH secures DAI. */
export interface LocalCore {
  readonly chain: Chain;
  readonly part: (name: string) => Contract;
  /** Account 0 calls a part. @throws where it reverts. */
  readonly send: (name: string, method: string, ...args: readonly unknown[]) => Promise<void>;
  readonly sourceOf: (whose: Pick<SkySource, "urn" | "user">) => SkySource;
}

/** Starts it; what a vault type is worth and owes is for the test to set. @throws where the chain cannot start. */
export async function openLocalCore(): Promise<LocalCore> {
  const started = await startChain();
  invariant(started.ok, "the local chain starts");
  const chain = started.value;
  const { rpcUrl, chainId, addresses } = chain;
  const [WETH, DAI] = [addresses.tokens["WETH"]!, addresses.tokens["DAI"]!];
  const parts = new Map<string, Contract>();
  const part = (name: string) => parts.get(name)!;
  const vat = () => part("SkyVat").address;
  const given: readonly (readonly [name: string, args?: () => readonly unknown[]])[] = [
    ...["SkyVat", "SkyQueue", "SkyOddQueue", "SkyOpenPrice", "SkyStairs", "SkyAround"].map((name) => [name] as const),
    ...["SkySpotter", "SkyJug", "SkyDog"].map((name) => [name, () => [vat()]] as const),
    ["SkyClip", () => [vat(), word]],
    ["SkyGemJoin", () => [vat(), word, WETH]],
    ["SkyDaiJoin", () => [vat(), DAI]],
  ];
  const contracts = given.map(([name]) => name);
  const deploy = await openDouble(chain, { folder: "solidity-sky", file: "SkyCore", contracts });
  invariant(deploy.ok, "the core compiles");
  for (const [name, args] of given) {
    const made = await deploy.value(name, ...(args?.() ?? []));
    invariant(made.ok, `${name} deploys`);
    parts.set(name, made.value);
  }
  const send: LocalCore["send"] = async (name, method, ...args) => {
    const { status } = await transact(chain.rpc, chain.accounts[0]!, part(name), method, args);
    invariant(status === "0x1", `${name}.${method} goes through`);
  };
  await send("SkyStairs", "set", 90n, (RAY * 99n) / 100n);
  await send("SkyAround", "set", word, WETH, 5n * WAD);
  await send("SkyAround", "setJoins", word, part("SkyGemJoin").address, part("SkyDaiJoin").address);
  await send("SkyQueue", "kiss", part("SkySpotter").address);
  const at = (name: string): Hex => part(name).address;
  const places = { spotter: at("SkySpotter"), jug: at("SkyJug"), dog: at("SkyDog"), flash: at("SkyAround") };
  const sourceOf: LocalCore["sourceOf"] = (whose) => ({
    ...{ rpcUrls: [rpcUrl], chainId, multicall: addresses.multicall, market: "local", ilk: "ETH-A" },
    ...{ ...places, registry: at("SkyAround"), dai: DAI, ...whose },
  });
  return { chain, part, send, sourceOf };
}
