import Link from "next/link";

/** The name of the product, as the way home. Where there is little room its mark says it alone, to the eye. */
export function Brand({ isShortWhenNarrow = false }: { isShortWhenNarrow?: boolean }) {
  return (
    <Link href="/overview" className="flex items-center gap-2 rounded-sm font-semibold tracking-tight">
      <svg viewBox="0 0 32 32" className="size-6 shrink-0" aria-hidden="true">
        <rect width="32" height="32" rx="7" className="fill-accent" />
        <path d="M8 22.5V15m8 7.5v-13m8 13V18" className="stroke-on-accent" strokeWidth="3.4" strokeLinecap="round" />
      </svg>
      <span className={isShortWhenNarrow ? "max-sm:sr-only" : undefined}>
        Trinity <span className="font-normal text-ink-muted">LLM</span>
      </span>
    </Link>
  );
}
