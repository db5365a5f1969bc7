import { spawn } from "node:child_process";

/** Opens an address in the person's browser, where there is a screen and somebody at a terminal; says nothing when it cannot. */
export function openBrowser(url: string): void {
  const screen =
    process.platform !== "linux" ||
    process.env["DISPLAY"] !== undefined ||
    process.env["WAYLAND_DISPLAY"] !== undefined;
  if (!process.stdout.isTTY || !screen || process.env["CI"] !== undefined) return;
  const [program, args]: readonly [string, readonly string[]] =
    process.platform === "darwin"
      ? ["open", [url]]
      : process.platform === "win32"
        ? ["cmd", ["/c", "start", "", url]]
        : ["xdg-open", [url]];
  const opened = spawn(program, [...args], { stdio: "ignore", detached: true });
  opened.on("error", () => {});
  opened.unref();
}
