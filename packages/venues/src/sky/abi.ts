import type { Aggregate } from "@plimsoll/venues/chain";
import { parseAbi } from "viem";

/** Vat, spotter, jug and dog each answer `ilks` in their own shape, so each has an interface of its own. @source makerdao/dss vat.sol */
export const vatAbi = parseAbi([
  "function ilks(bytes32 ilk) view returns (uint256 Art, uint256 rate, uint256 spot, uint256 line, uint256 dust)",
  "function urns(bytes32 ilk, address urn) view returns (uint256 ink, uint256 art)",
  "function gem(bytes32 ilk, address urn) view returns (uint256)",
]);
/** @source makerdao/dss spot.sol */
export const spotterAbi = parseAbi([
  "function ilks(bytes32 ilk) view returns (address pip, uint256 mat)",
  "function par() view returns (uint256)",
  "function poke(bytes32 ilk)",
]);
/** @source makerdao/dss jug.sol */
export const jugAbi = parseAbi([
  "function ilks(bytes32 ilk) view returns (uint256 duty, uint256 rho)",
  "function base() view returns (uint256)",
  "function drip(bytes32 ilk) returns (uint256 rate)",
]);
/** @source makerdao/dss dog.sol */
export const dogAbi = parseAbi([
  "function ilks(bytes32 ilk) view returns (address clip, uint256 chop, uint256 hole, uint256 dirt)",
  "function Hole() view returns (uint256)",
  "function Dirt() view returns (uint256)",
  "function bark(bytes32 ilk, address urn, address kpr) returns (uint256 id)",
]);
/** The auction, its price and what the core's parts say of each other. @source makerdao/dss clip.sol, abaci.sol */
export const clipAbi = parseAbi([
  "function vat() view returns (address)",
  "function ilk() view returns (bytes32)",
  "function buf() view returns (uint256)",
  "function tail() view returns (uint256)",
  "function cusp() view returns (uint256)",
  "function chip() view returns (uint64)",
  "function tip() view returns (uint192)",
  "function calc() view returns (address)",
  "function list() view returns (uint256[])",
  "function sales(uint256 id) view returns (uint256 pos, uint256 tab, uint256 lot, address usr, uint96 tic, uint256 top)",
  "function tau() view returns (uint256)",
  "function step() view returns (uint256)",
  "function cut() view returns (uint256)",
]);
/** Price modules: open answers of simple ones, the queue of others. @source makerdao/osm osm.sol; dapphub ds-value */
export const pipAbi = parseAbi([
  "function peek() view returns (bytes32 value, bool has)",
  "function src() view returns (address)",
  "function hop() view returns (uint16)",
  "function zzz() view returns (uint64)",
]);
/** @source makerdao/ilk-registry; ERC-3156 flash loans; ERC-20 */
export const aroundAbi = parseAbi([
  "function gem(bytes32 ilk) view returns (address)",
  "function maxFlashLoan(address token) view returns (uint256)",
  "function flashFee(address token, uint256 amount) view returns (uint256)",
  "function balanceOf(address owner) view returns (uint256)",
]);

/** What an actor asks: where tokens enter and leave, what its wallet has in the core, and what it may. @source makerdao/dss vat.sol, ilk-registry, dss-flash */
export const deskAbi = parseAbi([
  "function join(bytes32 ilk) view returns (address)",
  "function daiJoin() view returns (address)",
  "function dai(address owner) view returns (uint256)",
  "function gem(bytes32 ilk, address owner) view returns (uint256)",
  "function can(address owner, address other) view returns (uint256)",
  "function allowance(address owner, address spender) view returns (uint256)",
]);
/** What is sent. The core tells its refusals as texts and emits no events. @source makerdao/dss vat.sol, jug.sol, join.sol */
export const actAbi = parseAbi([
  "function join(address usr, uint256 amount)",
  "function exit(address usr, uint256 amount)",
  "function drip(bytes32 ilk) returns (uint256 rate)",
  "function frob(bytes32 ilk, address u, address v, address w, int256 dink, int256 dart)",
  "error Error(string reason)",
  "error Panic(uint256 code)",
]);

/** Calls on the vat, gathered for one block with those on the others. */
export type Batch = Aggregate<typeof vatAbi>;
