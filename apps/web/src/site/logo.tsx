/** Two reels and the tape that loops around them. */
export const Logo = () => (
  <svg viewBox="0 0 40 24" width="36" height="22" aria-hidden="true" fill="none" stroke="currentColor">
    <rect x="1.25" y="1.25" width="37.5" height="21.5" rx="10.75" strokeWidth="2.5" />
    <circle cx="12" cy="12" r="4.25" strokeWidth="2.5" />
    <circle cx="28" cy="12" r="4.25" strokeWidth="2.5" stroke="var(--accent)" />
  </svg>
)
