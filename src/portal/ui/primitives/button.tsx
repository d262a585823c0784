import { LoaderCircle } from "lucide-react";
import type { ComponentProps } from "react";

import { classNames } from "#portal/ui/class-names.ts";

const LOOKS = {
  primary: "border-transparent bg-accent text-on-accent hover:bg-accent-strong",
  plain: "border-line bg-surface text-ink hover:bg-hover",
  quiet: "border-transparent bg-transparent text-ink-muted hover:bg-hover hover:text-ink",
  danger: "border-transparent bg-stop text-on-stop hover:opacity-90",
} as const;

const SHAPE =
  "inline-flex h-8 items-center justify-center gap-1.5 rounded-md border px-3 text-sm font-medium whitespace-nowrap transition-colors select-none disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-progress aria-disabled:opacity-70 max-md:h-10 [&_svg]:size-4 [&_svg]:shrink-0";

type Look = keyof typeof LOOKS;

/** The class names of a button, for links that act as one. */
export function buttonClassNames(look: Look = "plain", extra?: string): string {
  return classNames(SHAPE, LOOKS[look], extra);
}

type ButtonProps = ComponentProps<"button"> & { look?: Look; isBusy?: boolean };

/** While busy it stays focusable and says so, but does not act again. */
export function Button({ look, isBusy = false, className, children, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={isBusy || undefined}
      aria-busy={isBusy || undefined}
      onClick={(event) => (isBusy ? event.preventDefault() : onClick?.(event))}
      className={buttonClassNames(look, className)}
    >
      {isBusy ? <LoaderCircle aria-hidden className="animate-spin" /> : null}
      {children}
    </button>
  );
}
