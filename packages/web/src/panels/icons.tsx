import type { ReactNode } from "react";

const stroke = {
  fill: "none",
  stroke: "currentColor",
  strokeWidth: 1.8,
  strokeLinecap: "round",
  strokeLinejoin: "round",
} as const;

/** One 16-pixel drawing, silent to screen readers: the word beside it says the same. */
export function Icon({ children, size = 14 }: { readonly children: ReactNode; readonly size?: number }) {
  return (
    <svg viewBox="0 0 16 16" width={size} height={size} aria-hidden="true" focusable="false" {...stroke}>
      {children}
    </svg>
  );
}

/** A shape for each danger word, so that colour is never the only carrier. */
export const dangerShape = {
  safe: <path d="M3 8.5 6.5 12 13 4.5" />,
  watch: (
    <>
      <path d="M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8Z" />
      <circle cx="8" cy="8" r="1.9" />
    </>
  ),
  act: <path d="M9 1.8 3.5 9H8l-1 5.2L12.5 7H8Z" />,
  unknown: (
    <>
      <path d="M5.2 5.6a2.9 2.9 0 1 1 4.2 2.6c-.9.5-1.4 1-1.4 2" />
      <path d="M8 13.2v.1" />
    </>
  ),
  danger: (
    <>
      <path d="M8 2 14.6 13.6H1.4Z" />
      <path d="M8 6.6v3.2M8 11.8v.1" />
    </>
  ),
  liquidatable: (
    <>
      <path d="M5 1.6h6L14.4 5v6L11 14.4H5L1.6 11V5Z" />
      <path d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4" />
    </>
  ),
} as const;

export const shield = <path d="M8 1.6 13.4 3.6v4c0 3.4-2.3 5.8-5.4 6.8-3.1-1-5.4-3.4-5.4-6.8v-4Z" />;
export const shieldHalf = (
  <>
    {shield}
    <path d="M5.4 8h5.2" strokeDasharray="1.2 1.6" />
  </>
);
export const shieldOff = (
  <>
    {shield}
    <path d="m2.2 2.2 11.6 11.6" />
  </>
);
export const sun = (
  <>
    <circle cx="8" cy="8" r="2.9" />
    <path d="M8 1.4v1.3M8 13.3v1.3M1.4 8h1.3M13.3 8h1.3M3.3 3.3l.9.9M11.8 11.8l.9.9M12.7 3.3l-.9.9M4.2 11.8l-.9.9" />
  </>
);
export const moon = <path d="M13.4 9.6A5.8 5.8 0 0 1 6.4 2.6a5.8 5.8 0 1 0 7 7Z" />;

/** The Plimsoll mark: a circle cut by the line. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" fill="#0b3b52" />
      <circle cx="16" cy="16" r="8" fill="none" stroke="#fff" strokeWidth="2.6" />
      <path d="M4 16h24" stroke="#5fd3ee" strokeWidth="2.6" />
    </svg>
  );
}
