import { useEffect, useSyncExternalStore } from "react";
import { carriesToken } from "./live/index.ts";
import type { Screen } from "./panels/top-bar.tsx";

const onHash = (callback: () => void) => {
  addEventListener("hashchange", callback);
  return () => removeEventListener("hashchange", callback);
};

/** The screen named in the address, as "#/positions". A fresh link opened in this tab starts the page anew. */
export function useRoute(): string {
  const hash = useSyncExternalStore(onHash, () => location.hash);
  useEffect(() => {
    if (carriesToken(hash)) location.reload();
  }, [hash]);
  return hash === "" ? "#/" : hash;
}

/** `g` and the screen's letter within a second; never while typing. */
export function useShortcuts(screens: readonly Screen[]): void {
  useEffect(() => {
    let since = 0;
    const onKey = ({ key, target, ctrlKey, metaKey, altKey, timeStamp }: KeyboardEvent) => {
      if (ctrlKey || metaKey || altKey || (target instanceof HTMLElement && target.matches("input, textarea, select")))
        return;
      const screen = screens.find((candidate) => candidate.key === key);
      if (screen !== undefined && timeStamp - since < 1_000) location.hash = screen.href;
      since = key === "g" ? timeStamp : 0;
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [screens]);
}
