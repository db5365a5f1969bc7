import { strict as assert } from "node:assert";
import type { Contract } from "@plimsoll/sim/chain";
import { type Hex, encodeAbiParameters, encodeFunctionData, toFunctionSelector } from "viem";
import {
  type Bench,
  type Script,
  USDC,
  WAD,
  answerOf,
  ask,
  balanceOf,
  make,
  mint,
  must,
  quoteOf,
  rescue,
  usd,
  verdict,
} from "./bench.ts";
import { flashOff, pool } from "./moves.ts";
import type { Rule } from "./rules.ts";

const scripted = async (bench: Bench, script: Script) => verdict(bench, "execute", await rescue(bench, { script }));

const calling = (bench: Bench, to: Contract, name: string, args: readonly unknown[]): Script => ({
  ...{ target: to.address, data: encodeFunctionData({ abi: to.abi, functionName: name, args }) },
});

const feedOf = ({ world: { chain } }: Bench, symbol: string): Hex => chain.addresses.feeds[symbol]!;

/** Plain numbers for a contract of the tests. */
const words = (numbers: readonly bigint[]): Hex =>
  encodeAbiParameters(
    numbers.map(() => ({ type: "uint256" })),
    numbers,
  );

export const hostileRules: readonly Rule[] = [
  {
    name: "an arbitrary router keeps what it was sent: nothing of the call stands",
    run: async (bench) => assert.equal(await scripted(bench, { pay: 0n }), "CostAboveBound"),
  },
  {
    name: "RouteFailed: a route without code, one that reverts, and a megabyte of reasons cut short",
    run: async (bench) => {
      const none = await rescue(bench, { change: ([sale]) => [{ ...sale!, route: bench.stranger }] });
      assert.equal(await verdict(bench, "execute", none), "RouteFailed");
      const args = await rescue(bench, { script: { refuse: true, answer: 1_000_000n } });
      const data = encodeFunctionData({ abi: bench.guardian.abi, functionName: "execute", args });
      const { refusal, data: reason = "0x" } = await ask(bench, bench.guardian, data, bench.executor);
      assert.equal(refusal, "RouteFailed");
      assert.ok(reason.length < 1_000);
    },
  },
  {
    name: "return-data bombs: a route's answer of a megabyte is not read",
    run: async (bench) => {
      const bomb = await rescue(bench, { script: { answer: 1_000_000n } });
      assert.equal(await verdict(bench, "execute", bomb), "done");
      const gas = async (args: readonly unknown[]) =>
        BigInt(
          await bench.world.chain.rpc.request<Hex>("eth_estimateGas", [
            {
              from: bench.executor,
              to: bench.guardian.address,
              data: encodeFunctionData({ abi: bench.guardian.abi, functionName: "execute", args }),
            },
          ]),
        );
      // What the route itself spends on its memory is its caller's; copying it would cost as much again.
      assert.ok((await gas(bomb)) < (await gas(await rescue(bench))) + 2_300_000n);
    },
  },
  {
    name: "Locked: a route that comes back through any door",
    run: async (bench) => {
      const args = await rescue(bench);
      for (const [name, words] of [
        ["execute", args],
        ["close", args],
        ["repayFromReserve", args.slice(0, 3)],
      ] as const) {
        const script = calling(bench, bench.guardian, name, words);
        const data = encodeFunctionData({
          abi: bench.guardian.abi,
          functionName: "execute",
          args: await rescue(bench, { script }),
        });
        const { refusal, data: reason = "0x" } = await ask(bench, bench.guardian, data, bench.executor);
        assert.equal(refusal, "RouteFailed");
        assert.ok(reason.includes("0f2e5b6c"), "Locked inside");
      }
    },
  },
  {
    name: "a route that cancels for itself, or arms for itself, changes nothing of the call",
    run: async (bench) => {
      const script = calling(bench, bench.guardian, "cancelAll", []);
      await must(bench, bench.guardian, "execute", await rescue(bench, { script }), bench.executor);
      assert.equal(await answerOf<bigint>(bench, bench.guardian, "epochOf", [bench.owner]), 0n);
    },
  },
  {
    name: "StrangersCallback: called back by somebody else, or by the pool for somebody else's loan, or twice",
    run: async (bench) => {
      const { pool } = bench.world.chain.addresses;
      const zero = `0x${"0".repeat(40)}`;
      assert.equal(
        await verdict(bench, "executeOperation", [zero, 0n, 0n, zero, "0x"], bench.stranger),
        "StrangersCallback",
      );
      assert.equal(await verdict(bench, "onMorphoFlashLoan", [0n, "0x"], bench.stranger), "StrangersCallback");
      const poolContract = bench.world.chain.contract("PoolInstance", pool);
      const lent = encodeFunctionData({
        abi: poolContract.abi,
        functionName: "flashLoanSimple",
        args: [bench.guardian.address, bench.token("USDC").address, 1_000n, "0x1234", 0],
      });
      const asked = await ask(bench, { ...poolContract, abi: bench.guardian.abi }, lent, bench.stranger);
      assert.equal(asked.refusal, "StrangersCallback");
      const loan: Script = { target: pool, data: lent };
      assert.equal(await scripted(bench, loan), "RouteFailed");
    },
  },
  {
    name: "NotGuardian: nobody else uses the swapper, and it has nothing to take",
    run: async (bench) => {
      const swapper = { address: await answerOf<Hex>(bench, bench.guardian, "SWAPPER", []), abi: bench.guardian.abi };
      const order = encodeAbiParameters(
        [
          {
            type: "tuple",
            components: [
              { type: "address" },
              { type: "address" },
              { type: "uint256" },
              { type: "uint256" },
              { type: "address" },
              { type: "bytes" },
            ],
          },
        ],
        [[bench.token("WETH").address, bench.token("USDC").address, 0n, 0n, bench.stranger, "0x"]],
      );
      const selector = toFunctionSelector("swap((address,address,uint256,uint256,address,bytes))");
      const { refusal } = await ask(bench, swapper, `${selector}${order.slice(2)}`, bench.stranger);
      assert.equal(refusal, "NotGuardian");
    },
  },
  {
    name: "PositionChanged: a route that moves the venue's price, with and without a lender; one that liquidates the owner on the way",
    run: async (bench) => {
      const thief = await make(bench, "testing/Thief", pool(bench).address, feedOf(bench, "WETH"), bench.owner);
      const robbing = (price: bigint, cover: bigint, pay: bigint, repay = 82_000n * USDC) =>
        rescue(bench, {
          repay,
          change: ([sale]) => [{ ...sale!, route: thief.address, data: words([price, cover, pay]) }],
        });
      const { owed } = await quoteOf(bench, bench.policy, 82_000n * USDC);
      assert.equal(await verdict(bench, "execute", await robbing(usd(2_200), 0n, owed)), "done");
      assert.equal(await verdict(bench, "execute", await robbing(usd(2_190), 0n, owed)), "PositionChanged");
      await flashOff(bench);
      // Without a lender the owner stands at a health of 1.002 in the first swap: half a per cent less, and he is liquidated inside it.
      const theft = await robbing(usd(2_190), 20_000n * USDC, 60_000n * USDC, 60_000n * USDC);
      assert.equal(await verdict(bench, "execute", theft), "PositionChanged");
      assert.equal(await verdict(bench, "execute", await rescue(bench)), "done");
    },
  },
  {
    name: "a gift in the middle of a call is nobody's: the call is refused",
    run: async (bench) => {
      const before = await balanceOf(bench, bench.token("USDC"), bench.owner);
      // Balances are checked to the unit around the swap: a gift during it is a token that does not add up.
      for (const symbol of ["USDC", "WETH"]) {
        const gift = calling(bench, bench.token(symbol), "mint", [bench.guardian.address, 1_000n * USDC]);
        assert.equal(await scripted(bench, gift), "InexactToken");
      }
      assert.equal(await balanceOf(bench, bench.token("USDC"), bench.owner), before);
    },
  },
  {
    name: "gas: a call with too little of it leaves nothing half done",
    run: async (bench) => {
      const { rpc } = bench.world.chain;
      const data = encodeFunctionData({ abi: bench.guardian.abi, functionName: "execute", args: await rescue(bench) });
      const before = await balanceOf(bench, bench.aToken("WETH"), bench.owner);
      for (const gas of [200_000n, 350_000n, 450_000n, 550_000n, 620_000n]) {
        const { status } = await rpc.send({ from: bench.executor, to: bench.guardian.address, data, gas });
        assert.equal(status, "0x0");
        const [, spent] = await answerOf<bigint[]>(bench, bench.guardian, "stateOf", [bench.policy]);
        assert.equal(spent, 0n);
      }
      assert.ok((await balanceOf(bench, bench.aToken("WETH"), bench.owner)) >= before);
    },
  },
  {
    name: "front-running: whoever copies the call is paid for it, the owner is saved once, the second finds nothing to do",
    run: async (bench) => {
      const args = await rescue(bench);
      await must(bench, bench.guardian, "execute", args, bench.stranger);
      assert.ok(["NotTriggered", "CoolingDown"].includes(await verdict(bench, "execute", args)));
      assert.ok((await balanceOf(bench, bench.token("USDC"), bench.stranger)) > 0n);
    },
  },
  {
    name: "a repayment of a speck by a stranger does not stop a rescue",
    run: async (bench) => {
      const args = await rescue(bench);
      const { pool } = bench.world.chain.addresses;
      await mint(bench.world.chain, "USDC", bench.stranger, 5n);
      await must(bench, bench.token("USDC"), "approve", [pool, 5n], bench.stranger);
      await must(
        bench,
        bench.world.chain.contract("PoolInstance", pool),
        "repay",
        [bench.token("USDC").address, 5n, 2n, bench.owner],
        bench.stranger,
      );
      assert.equal(await verdict(bench, "execute", args), "done");
    },
  },
  {
    name: "sandwich: the executor takes no more than the bound, however its route trades",
    run: async (bench) => {
      const args = await rescue(bench);
      const collateral = await balanceOf(bench, bench.aToken("WETH"), bench.owner);
      const usdc = bench.token("USDC");
      const before = await balanceOf(bench, usdc, bench.owner);
      await must(bench, bench.guardian, "execute", args, bench.executor);
      const sold = collateral - (await balanceOf(bench, bench.aToken("WETH"), bench.owner));
      const value = (sold * 2_200n * USDC) / WAD;
      const paid = (await balanceOf(bench, usdc, bench.owner)) - before + 82_000n * USDC;
      const dues = 41n * USDC + (82_000n * USDC * 27n) / 10_000n;
      assert.ok(value - paid <= dues + ((82_000n * USDC + dues) * 172n) / 10_000n);
    },
  },
];
