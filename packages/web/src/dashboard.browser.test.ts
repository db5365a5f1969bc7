import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { dec, ms, quoteKey } from "@plimsoll/core/units";
import { type Server, startServer } from "@plimsoll/server";
import {
  START,
  type ScriptedSource,
  sampleBook,
  sampleCoverage,
  sampleGuard,
  sampleHappenings,
  sampleTroubles,
  sampleWaiting,
  scriptedSource,
  storyAt,
} from "@plimsoll/server/testing";
import type { AxeResults } from "axe-core";
import { type Browser, type BrowserContextOptions, type Page, chromium } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const wide = { viewport: { width: 1280, height: 900 } };
const phone = { viewport: { width: 390, height: 844 } };

let browser: Browser;
let source: ScriptedSource;
let server: Server;
const complaints: string[] = [];

beforeAll(async () => {
  // not the package's own arguments: they switch web security off, and one process for all dies with its first tab
  const args = ["--no-sandbox", "--disable-dev-shm-usage", "--use-angle=swiftshader"];
  browser = await chromium.launch({ executablePath: inject("browser"), args, headless: true });
});
afterAll(() => browser.close());
beforeEach(async () => {
  complaints.length = 0;
  source = scriptedSource();
  const pace = { everyMs: 20, heartbeatMs: 200, coverEveryMs: 100, staleAfterMs: 1_500 };
  const started = await startServer({ source, version: "1.2.3", port: 0, page: inject("page"), pace });
  if (!started.ok) throw new Error(started.failure.code);
  server = started.value;
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await server.stop();
});

/** A fresh tab, as a person who clicks the printed link gets it; what its console complains of is kept. */
async function open(options: BrowserContextOptions = wide, url = server.url): Promise<Page> {
  const context = await browser.newContext({ locale: "en-US", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(8_000);
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  await page.goto(url);
  return page;
}

/** Keeps the source talking, so that nothing on the page goes stale meanwhile. */
function keepTalking(): () => void {
  let at = START + 1_000;
  const stop = {
    when: "price",
    quote: quoteKey("binance:BTCUSDT:mark"),
    kind: "mark",
    side: "at-or-below",
    at: dec("108000"),
  } as const;
  const guards = [sampleGuard("armed", "treasury"), { ...sampleGuard("shadow", "desk", "cross:USDT"), trigger: stop }];
  const timer = setInterval(() => {
    at += 1_000;
    const told = { troubles: sampleTroubles(ms(at)), waiting: sampleWaiting(ms(at)) };
    source.play({ book: { ...sampleBook(ms(at), guards), ...told }, coverage: sampleCoverage(ms(at)) });
  }, 250);
  return () => clearInterval(timer);
}

const shot = (page: Page, name: string) =>
  page.screenshot({ path: join(inject("screenshots"), `${name}.png`), fullPage: true });

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate<AxeResults>("axe.run()");
  return found.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`,
  );
}

test("the link opens the page, and the token leaves the address but not the tab", async () => {
  const page = await open();
  await page.getByRole("heading", { name: "Waterline" }).waitFor();
  expect(page.url()).toBe(`http://127.0.0.1:${server.port}/`);
  await page.reload();
  await page.getByRole("heading", { name: "Waterline" }).waitFor();
  expect(complaints).toEqual([]);
});

test("without a token, or with a wrong one, the page shows no figure and says where the link is", async () => {
  const bare = await open(wide, `http://127.0.0.1:${server.port}/`);
  await bare.getByRole("heading", { name: "This page needs its link" }).waitFor();
  const wrong = await open(wide, `http://127.0.0.1:${server.port}/#token=0123456789abcdef0123`);
  await wrong.getByRole("heading", { name: "This page needs its link" }).waitFor();
  expect(await wrong.getByText("USDT").count()).toBe(0);
});

test("what the source says arrives without a reload, and what it stops saying becomes stale", async () => {
  const stop = keepTalking();
  const page = await open();
  const status = page.getByRole("banner").getByRole("status");
  await expect.poll(() => status.textContent()).toBe("live");
  stop();
  source.play({ happening: { is: "note", text: "a word from the source" } });
  await page.getByText("a word from the source").waitFor();
  expect(await page.locator("main [data-stale=true]").count()).toBe(1); // the account whose price is unknown
  await expect.poll(() => status.textContent(), { timeout: 6_000 }).toBe("stale");
  await page.getByText("figures are the last known").waitFor();
  expect(await page.locator("main li[data-stale=false]").count()).toBe(0);
  expect(await page.locator("main .danger", { hasText: "safe" }).count()).toBe(0);
  await shot(page, "stale");
  source.play({ book: sampleBook(ms(START + 60_000)) });
  await expect.poll(() => status.textContent()).toBe("live");
  expect(complaints).toEqual([]);
});

test("a server that is gone is offline, and is found again where it was", async () => {
  const page = await open();
  const status = page.getByRole("banner").getByRole("status");
  await expect.poll(() => status.textContent()).toBe("live");
  const { port, token } = server;
  await server.stop();
  await expect.poll(() => status.textContent(), { timeout: 5_000 }).toBe("offline");
  const again = await startServer({ source, version: "1.2.3", port, token, page: inject("page") });
  if (!again.ok) throw new Error(again.failure.code);
  server = again.value;
  source.play({ happening: { is: "note", text: "back again" } });
  await page.getByText("back again").waitFor();
  await expect.poll(() => status.textContent()).toBe("live");
});

test("the three screens by keyboard: worst first, five kinds of liquidation price, the because", async () => {
  source.play({ happenings: sampleHappenings() });
  const stop = keepTalking();
  const page = await open();
  await page.getByRole("heading", { name: "Waterline" }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("p");
  const table = page.getByRole("region", { name: "Positions" }).getByRole("table"); // the chart has tables too
  await table.waitFor();
  const words = await table.locator("tbody .danger").allTextContents();
  expect(words).toEqual(["danger", "unknown", "act", "watch", "safe", "safe"]);
  const cells = (await table.locator("tbody tr td:nth-child(3)").allTextContents()).map((text) =>
    text.replaceAll("\u202f", " "),
  );
  expect(cells).toEqual([
    expect.stringMatching(/^BTCUSDT mark 104 519 \(−6.6%\)/),
    expect.stringContaining("unknown (no mark price of SOLUSDT"),
    expect.stringMatching(/^WETH oracle 3 264.4 \(−14%\)/),
    expect.stringMatching(/^ETHUSDT mark 1 902.6 \(−50%\) or 5 288.9 \(\+38%\)/),
    expect.stringMatching(/^WBTC oracle 28 187 \(−74%\)/),
    "none",
  ]);
  await page.keyboard.press("g");
  await page.keyboard.press("a");
  await page.getByText("because health of maintenance 1.168 is below 1.20").waitFor();
  await page.getByText("health of maintenance: predicted 1.450, actual 1.450").waitFor();
  stop();
  expect(complaints).toEqual([]);
});

test("shadow protects nobody, and every screen says so", async () => {
  source.play({ book: sampleBook(START, [sampleGuard("shadow", "desk")]) });
  const page = await open();
  for (const screen of ["Overview", "Positions", "Activity"]) {
    await page.getByRole("link", { name: screen, exact: true }).click();
    await page.locator("main h1", { hasText: screen }).waitFor({ state: "attached" });
    expect(await page.getByText("Shadow protects nobody").isVisible()).toBe(true);
  }
});

test("alerts with their first and last, what protects each account if the machine dies, and what waits to loosen a guard", async () => {
  const page = await open();
  const alerts = page.getByRole("region", { name: "Alerts" });
  await alerts.getByText("No alerts: nothing is wrong").waitFor();
  const stop = keepTalking();
  await alerts.getByText("6.6% to the nearest line").waitFor();
  expect(await alerts.locator("li .danger").allTextContents()).toEqual(["danger", "act"]);
  await alerts.getByText(/^first 2025-10-10 21:0\d/).waitFor();
  await page.getByRole("link", { name: "Positions", exact: true }).click();
  const positions = page.getByRole("region", { name: "Positions" });
  await positions.getByText(/^1.25 BTCUSDT: nothing protects it for 24 h/).waitFor();
  const guards = page.getByRole("region", { name: "Guards" });
  await guards.getByText(/^a looser version .* waits until 2025-10-11/).waitFor();
  await guards.getByText("its removal waits for your confirmation").waitFor();
  stop();
  source.play({ book: { ...sampleBook(), mode: "shadow" } });
  await page.getByRole("banner").getByText("shadow: nothing is sent, nobody is protected").waitFor();
  await shot(page, "shadow");
  await page.setViewportSize(phone.viewport);
  await positions.getByRole("table").waitFor({ state: "detached" }); // cards take its place
  expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
  expect(await violations(page)).toEqual([]);
  await shot(page, "phone-shadow");
  source.play({ book: { ...sampleBook(), mode: "halted" } });
  await page.getByRole("banner").getByText("halted", { exact: true }).waitFor();
  expect(complaints).toEqual([]);
});

test.each([
  ["light", wide, "light"],
  ["dark", wide, "dark"],
  ["phone", phone, "light"],
  ["phone-dark", phone, "dark"],
] as const)("no accessibility fault and nothing wider than the screen: %s", async (name, size, colorScheme) => {
  source.play({ story: storyAt(0.62), happenings: sampleHappenings() });
  const stop = keepTalking();
  const page = await open({ ...size, colorScheme });
  await page.getByRole("heading", { name: "Waterline" }).waitFor();
  await page.locator("canvas").first().waitFor();
  for (const screen of ["Overview", "Positions", "Activity"]) {
    await page.getByRole("link", { name: screen, exact: true }).click();
    await page.locator("main h1", { hasText: screen }).waitFor({ state: "attached" });
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    await shot(page, `${name}-${screen.toLowerCase()}`);
  }
  stop();
  expect(complaints).toEqual([]);
});

test("the story ends with its sentence of figures and the evidence, and then nothing is called stale", async () => {
  source.play({ story: storyAt(0.3) });
  const page = await open();
  await page.getByText("1 Guards off").waitFor();
  const runs = page.getByRole("region", { name: "The same crash twice" }).getByRole("table");
  expect(await runs.locator("tbody tr", { hasText: "Equity and reserve now" }).textContent()).toContain("not yet");
  const evidence = {
    is: "ready",
    file: "plimsoll-evidence.json",
    sha256: "d4".repeat(32),
    key: "SHA256:2d7a…f01",
    entries: 412,
    verify: "npx plimsoll verify plimsoll-evidence.json --key SHA256:2d7a…f01",
  } as const;
  source.play({ story: storyAt(1), evidence, happenings: sampleHappenings() });
  await page.getByText("Without guards the book was liquidated 3 times").waitFor();
  await page.getByText("npx plimsoll verify").waitFor();
  const status = page.getByRole("banner").getByRole("status");
  await expect.poll(() => status.textContent()).toBe("finished");
  await page.waitForTimeout(1_800);
  expect(await status.textContent()).toBe("finished");
  await shot(page, "finished");
  expect(complaints).toEqual([]);
});
