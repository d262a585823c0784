export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** A cookie and not local storage: the server reads it, so the first paint is already in the right colours. */
export const THEME_COOKIE = "trinity-theme";

const YEAR_S = 31_536_000;

/** What a cookie's value means; anything unknown is the system's choice. */
export function toTheme(value: string | undefined): Theme {
  return THEMES.find((theme) => theme === value) ?? "system";
}

/** The text that `document.cookie` takes to remember a theme for a year. */
export function themeCookie(theme: Theme): string {
  return `${THEME_COOKIE}=${theme}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax`;
}
