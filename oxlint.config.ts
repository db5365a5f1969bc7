// The architecture as one table: a room sees what its row lists and nothing else. The last matching row decides; rows do not add up.
import { type OxlintOverride, defineConfig } from "oxlint";

const core = ["units", "math", "book", "margin", "risk", "policy", "planner", "protection", "journal", "turn"].map(
  (room) => `@plimsoll/core/${room}`,
);
const exact = ["@plimsoll/core/units", "@plimsoll/core/math", "@plimsoll/core/book"];

const outward = [
  ...exact,
  "@plimsoll/core/margin",
  "@plimsoll/venues/wire",
  "@plimsoll/venues/exchange",
  "@plimsoll/venues/chain",
  "ccxt/",
  "viem/",
  "zod/",
];

/** A venue's files that meet the outside: its client, its files, our own JSON. All others are its rules. */
const shell = [
  ...["index", "client", "feed", "act", "message", "written", "read-*"],
  // aave-v3
  ...[
    "abi",
    "chain-access",
    "discover",
    "events",
    "liquidation-reports",
    "overrides",
    "self-check",
    "pending-*",
    "snapshot*",
  ],
  // binance
  ...["dead-man", "key-permission", "outcomes", "parity", "raw", "reading", "rule-book", "system", "transport"],
];
const shellFiles = `venues/src/{*/{${shell.join(",")}},wire/*,exchange/*,chain/*}.ts`;

/** A name opens exactly itself, a trailing "/" also what lies under it, "type " only its types; "not " closes a sibling. */
const rooms: Record<string, readonly string[]> = {
  "*/src/**": [],
  "core/src/units/**": [],
  "core/src/math/**": ["@plimsoll/core/units"],
  "core/src/book/**": ["@plimsoll/core/units"],
  "core/src/margin/**": exact,
  "core/src/risk/**": [...exact, "@plimsoll/core/margin"],
  "core/src/policy/**": ["@plimsoll/core/units", "@plimsoll/core/book", "@plimsoll/core/margin", "@plimsoll/core/risk"],
  "core/src/planner/**": [...exact, "@plimsoll/core/margin", "@plimsoll/core/risk", "@plimsoll/core/policy"],
  "core/src/protection/**": [
    ...exact,
    "@plimsoll/core/margin",
    "@plimsoll/core/risk",
    "@plimsoll/core/policy",
    "@plimsoll/core/planner",
  ],
  "core/src/journal/**": ["@plimsoll/core/units"],
  "core/src/turn/**": core,
  "venues/src/**": outward,
  // A dashboard bundles the rules: core alone, and no way round through a file of the shell.
  "venues/src/*/*": [...exact, "@plimsoll/core/margin", ...shell.map((name) => `not ./${name}.ts`)],
  [shellFiles]: outward,
  // The other margin systems of Binance charge by the rules of its futures.
  "venues/src/binance-*/margin.ts": [...exact, "@plimsoll/core/margin", "@plimsoll/venues/binance/margin"],
  [`venues/src/binance-*/{${shell.join(",")}}.ts`]: [
    ...outward,
    "@plimsoll/venues/binance",
    "@plimsoll/venues/binance-coinm",
  ],
  "contracts/src/**": [...exact, "viem/", "zod/", "node:"],
  "sim/src/**": [...exact, "ws", "viem/", "node:"],
  // each speaks one venue's protocol over the same exchange
  "sim/src/exchange/{binance,bybit,deribit,hyperliquid,okx}/**": [...exact, "@plimsoll/sim/exchange", "ws", "node:"],
  // its calls are signed by wallets
  "sim/src/exchange/hyperliquid/**": [...exact, "@plimsoll/sim/exchange", "ws", "viem/", "node:"],
  "sim/src/chain/**": [...exact, "@plimsoll/contracts/", "viem/", "solc", "node:"],
  "lab/src/**": [...core, "@plimsoll/venues/", "@plimsoll/sim/", "@plimsoll/lab/", "fflate", "yaml", "zod/", "node:"],
  "keeper/src/**": [
    ...core,
    "@plimsoll/venues/",
    "@plimsoll/contracts",
    "age-encryption",
    "postgres",
    "pino",
    "yaml",
    "zod/",
    "node:",
  ],
  "server/src/**": [
    ...core,
    "@plimsoll/contracts",
    "@plimsoll/keeper",
    "@plimsoll/lab",
    "@plimsoll/server/contract",
    "@plimsoll/server/view",
    "fastify",
    "@fastify/",
    "fastify-type-provider-zod",
    "zod/",
    "node:",
  ],
  "server/src/contract/**": ["@plimsoll/core/units", "zod/"],
  "server/src/display/**": ["@plimsoll/core/units", "type @plimsoll/server/contract"],
  "server/src/view/**": [...core, "@plimsoll/server/display", "type @plimsoll/server/contract"],
  "cli/src/**": [
    ...core,
    "@plimsoll/venues/",
    "@plimsoll/contracts",
    "@plimsoll/keeper",
    "@plimsoll/lab",
    "@plimsoll/sim/",
    "@plimsoll/server/",
    "commander",
    "cli-table3",
    "yaml",
    "zod/",
    "node:",
  ],
  "web/src/**": [
    ...core,
    "type @plimsoll/server/contract",
    "@plimsoll/server/display",
    "@plimsoll/venues/*/margin",
    "react/",
    "react-dom/",
    "@mantine/",
    "lightweight-charts",
  ],
};

const open = (name: string) => {
  if (name.startsWith("not ")) return [name.slice(4)];
  if (name.endsWith(":")) return [`!${name}*`, `!${name}*/**`];
  if (name.endsWith("/")) return [`!${name.slice(0, -1)}`, `!${name}**`];
  return [`!${name}`];
};

const restrict = (room: string, sees: readonly string[]): OxlintOverride => ({
  files: [`packages/${room}`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        paths: sees
          .filter((name) => name.startsWith("type "))
          .map((name) => ({ name: name.slice(5), allowTypeImports: true, message: `${room} sees only its types` })),
        patterns: [
          {
            group: ["*", "!./*", "!./**", ...sees.flatMap((name) => open(name.replace("type ", "")))],
            message: `${room} sees only: ${sees.filter((name) => !name.startsWith("not ")).join(", ") || "itself"}`,
          },
        ],
      },
    ],
  },
});

const impure = [
  "fetch",
  "process",
  "Date",
  "console",
  "performance",
  "setTimeout",
  "setInterval",
  "crypto",
  "globalThis",
];

export default defineConfig({
  plugins: ["typescript", "import", "vitest"],
  ignorePatterns: ["**/dist/**", "**/build/**", "**/.cache/**"],
  rules: {
    "import/no-cycle": "error",
    "import/no-relative-parent-imports": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/switch-exhaustiveness-check": "error",
    "no-unused-vars": "error",
    "vitest/no-conditional-expect": "off",
    "vitest/require-mock-type-parameters": "off",
  },
  overrides: [
    ...Object.entries(rooms).map(([room, sees]) => restrict(room, sees)),
    {
      files: ["packages/core/src/**", "packages/venues/src/*/*.ts"],
      rules: {
        "no-restricted-globals": ["error", ...impure.map((name) => ({ name, message: "pure rooms get it passed in" }))],
        "no-restricted-properties": ["error", { object: "Math", property: "random", message: "pass the seed in" }],
      },
    },
    {
      files: [`packages/${shellFiles}`],
      rules: { "no-restricted-globals": "off" },
    },
    {
      files: [
        "**/*.test.ts",
        "**/*.test.tsx",
        "**/testing/**",
        "**/testing.ts",
        "scripts/**",
        "bench/**",
        "examples/**",
        "*.config.ts",
      ],
      rules: { "no-restricted-imports": "off", "no-restricted-globals": "off", "no-restricted-properties": "off" },
    },
  ],
});
