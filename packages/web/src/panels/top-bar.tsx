import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { DangerMark } from "./danger-mark.tsx";
import { Icon, Mark, moon, shield, shieldHalf, sun } from "./icons.tsx";
import styles from "./top-bar.module.css";
import type { Status } from "./view-status.ts";

export interface Screen {
  readonly href: string;
  readonly name: string;
  readonly key: string;
}
interface Props {
  readonly screens: readonly Screen[];
  readonly here: string;
  readonly status: Status | undefined;
  readonly presence: { readonly word: string; readonly detail: string };
}

/** Stays in sight on every screen: where one is, what mode, how bad, and whether it is still true. */
export function TopBar({ screens, here, status, presence }: Props) {
  return (
    <header className={styles["bar"]}>
      <a href="#/" className={styles["brand"]}>
        <Mark />
        <span>Plimsoll</span>
      </a>
      <nav aria-label="Screens">
        {screens.map(({ href, name, key }) => (
          <a key={href} href={href} aria-current={href === here ? "page" : undefined} title={`keyboard: g ${key}`}>
            {name}
          </a>
        ))}
      </nav>
      <div className={styles["status"]}>
        {status && (
          <span className={styles["pill"]} data-acts={status.acts}>
            <Icon>{status.acts ? shield : shieldHalf}</Icon>
            {status.pill}
          </span>
        )}
        {status && <DangerMark danger={status.danger} />}
        <span className={styles["presence"]} data-word={presence.word} role="status">
          <i aria-hidden="true" />
          {presence.word}
        </span>
        <SchemeSwitch />
      </div>
      {presence.word !== "live" && <p className={styles["notice"]}>{presence.detail}</p>}
      {status?.warning && <p className={styles["notice"]}>{status.warning}</p>}
    </header>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const other = useComputedColorScheme("light") === "dark" ? "light" : "dark";
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={`Switch to ${other}`} onClick={() => setColorScheme(other)}>
      <Icon size={16}>{other === "dark" ? moon : sun}</Icon>
    </ActionIcon>
  );
}
