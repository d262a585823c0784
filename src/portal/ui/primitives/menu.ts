/** The look of a menu that drops down. */
export const MENU =
  "z-50 min-w-48 animate-[appear_100ms_ease-out] rounded-md border bg-surface p-1 text-sm text-ink shadow-float";

/** The look of one line of it. */
export const MENU_ITEM =
  "flex min-h-8 cursor-pointer items-center gap-2 rounded-sm px-2 outline-none select-none data-highlighted:bg-hover max-md:min-h-11";
