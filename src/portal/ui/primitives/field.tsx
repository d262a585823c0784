import { CircleAlert } from "lucide-react";
import { type ComponentProps, type ReactNode, useId } from "react";

import { classNames } from "#portal/ui/class-names.ts";

type FieldProps = {
  label: string;
  /** What helps to fill it in; replaced by the problem when there is one. */
  hint?: ReactNode;
  problem?: string | null;
};

type FrameProps = FieldProps & { id: string; children: ReactNode };

const CONTROL =
  "h-9 w-full rounded-md border border-line-strong bg-surface px-2.5 text-base text-ink placeholder:text-ink-faint disabled:bg-sunken disabled:text-ink-muted aria-invalid:border-stop max-md:h-11 max-md:text-lg";

function Frame({ id, label, hint, problem, children }: FrameProps) {
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children}
      <div id={`${id}-note`} aria-live="polite" className="min-h-4.5 text-xs">
        {problem ? (
          <p className="flex items-start gap-1 text-stop">
            <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
            {problem}
          </p>
        ) : (
          <div className="text-ink-muted">{hint}</div>
        )}
      </div>
    </div>
  );
}

type TextFieldProps = FieldProps & Omit<ComponentProps<"input">, "id"> & { prefix?: string };

/** A labelled line of text; its hint or problem is read out with it. */
export function TextField({ label, hint, problem, prefix, className, ...rest }: TextFieldProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} problem={problem}>
      <div className="relative">
        {prefix ? (
          <span
            aria-hidden
            className="pointer-events-none absolute inset-y-0 left-2.5 flex items-center text-ink-muted"
          >
            {prefix}
          </span>
        ) : null}
        <input
          {...rest}
          id={id}
          aria-invalid={problem ? true : undefined}
          aria-describedby={`${id}-note`}
          className={classNames(CONTROL, "read-only:bg-sunken", prefix && "pl-6", className)}
        />
      </div>
    </Frame>
  );
}

type SelectFieldProps = FieldProps & Omit<ComponentProps<"select">, "id">;

/** A labelled choice: the browser's own list, which every device knows how to open. */
export function SelectField({ label, hint, problem, children, className, ...rest }: SelectFieldProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} problem={problem}>
      <select
        {...rest}
        id={id}
        aria-invalid={problem ? true : undefined}
        aria-describedby={`${id}-note`}
        className={classNames(CONTROL, className)}
      >
        {children}
      </select>
    </Frame>
  );
}
