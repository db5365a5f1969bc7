const KEY = "plimsoll.token";

interface Place {
  readonly location: { readonly hash: string; readonly pathname: string };
  readonly storage: Pick<Storage, "getItem" | "setItem">;
  readonly history: Pick<History, "replaceState">;
}

export const carriesToken = (hash: string): boolean => hash.startsWith("#token=");

/** Moves the token from the link's fragment into this tab's storage and strips it from the address; else the one stored before. */
export function takeToken({ location, storage, history }: Place): string | undefined {
  if (carriesToken(location.hash)) {
    storage.setItem(KEY, location.hash.slice("#token=".length));
    history.replaceState(null, "", location.pathname);
  }
  return storage.getItem(KEY) ?? undefined;
}
