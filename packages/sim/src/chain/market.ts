/** The market of the local chain: parameters in the style of the large public ones, chosen so that every rule can bite. */
export interface ReserveSetup {
  readonly symbol: string;
  readonly decimals: number;
  /** USD, 8 decimals. */
  readonly price: bigint;
  readonly ltv: number;
  readonly threshold: number;
  /** As stored: 10500 is 5 %. */
  readonly bonus: number;
  readonly factor: number;
  readonly fee: number;
  readonly borrowing: boolean;
  /** USD with 2 decimals: above 0 the asset is isolated collateral. */
  readonly debtCeiling?: bigint;
  readonly borrowableInIsolation?: boolean;
  /** Optimal usage, base, slopes; bps. */
  readonly rates: readonly [optimal: number, base: number, slope1: number, slope2: number];
}

const usd = (price: number) => BigInt(Math.round(price * 1e8));
const volatile = [8_000, 0, 330, 8_000] as const;
const stable = [9_000, 0, 550, 6_000] as const;

// Parameters of 2025 on public networks, as examples: nothing here claims to be current.
// oxfmt-ignore
export const reserves: readonly ReserveSetup[] = [
  { symbol: "WETH",   decimals: 18, price: usd(2_400),  ltv: 8_050, threshold: 8_300, bonus: 10_500, factor: 1_500, fee: 1_000, borrowing: true,  rates: volatile },
  { symbol: "WBTC",   decimals: 8,  price: usd(60_000), ltv: 7_300, threshold: 7_800, bonus: 10_500, factor: 2_000, fee: 1_000, borrowing: true,  rates: [4_500, 0, 400, 30_000] },
  { symbol: "USDC",   decimals: 6,  price: usd(1),      ltv: 7_500, threshold: 7_800, bonus: 10_450, factor: 1_000, fee: 1_000, borrowing: true,  rates: stable, borrowableInIsolation: true },
  { symbol: "USDT",   decimals: 6,  price: usd(1),      ltv: 7_500, threshold: 7_800, bonus: 10_450, factor: 1_000, fee: 1_000, borrowing: true,  rates: stable, borrowableInIsolation: true },
  { symbol: "DAI",    decimals: 18, price: usd(1),      ltv: 6_300, threshold: 7_700, bonus: 10_500, factor: 2_500, fee: 2_000, borrowing: true,  rates: stable },
  { symbol: "wstETH", decimals: 18, price: usd(2_880),  ltv: 7_850, threshold: 8_100, bonus: 10_600, factor: 500,   fee: 1_000, borrowing: true,  rates: [4_500, 25, 700, 30_000] },
  { symbol: "LINK",   decimals: 18, price: usd(14),     ltv: 6_600, threshold: 7_100, bonus: 10_700, factor: 2_000, fee: 1_000, borrowing: true,  rates: [4_500, 0, 700, 30_000] },
  { symbol: "CRV",    decimals: 18, price: usd(0.6),    ltv: 3_500, threshold: 4_100, bonus: 10_830, factor: 3_500, fee: 1_000, borrowing: true,  rates: [4_500, 0, 700, 30_000], debtCeiling: 500_000_00n },
  { symbol: "EURC",   decimals: 6,  price: usd(1.08),   ltv: 0,     threshold: 0,     bonus: 0,      factor: 1_000, fee: 0,     borrowing: true,  rates: stable },
];

interface EModeSetup {
  readonly id: number;
  readonly label: string;
  readonly ltv: number;
  readonly threshold: number;
  readonly bonus: number;
  readonly collateral: readonly string[];
  readonly borrowable: readonly string[];
}

// oxfmt-ignore
export const eModes: readonly EModeSetup[] = [
  { id: 1, label: "ETH correlated", ltv: 9_300, threshold: 9_500, bonus: 10_100, collateral: ["WETH", "wstETH"],        borrowable: ["WETH", "wstETH"] },
  { id: 2, label: "Dollars",        ltv: 9_000, threshold: 9_300, bonus: 10_200, collateral: ["USDC", "USDT", "DAI"],   borrowable: ["USDC", "USDT", "DAI", "EURC"] },
];

/** Timestamp of the first block, 2017-01-01: before every market that may be played on it. */
export const genesis = 1_483_228_800;
/** Timestamp of the first block after the market stands. */
export const marketOpens = genesis + 3_600;
export const flashPremium = 5n;
