"use client";

import { type RefObject, useEffect, useEffectEvent } from "react";

/**
 * Ctrl-K, or ⌘K. Not while a modal window is open: the page behind it, with the anchor, is inert, and what is in the
 * window may be lost by leaving it.
 */
export function useShortcut(anchor: RefObject<HTMLElement | null>, onPress: () => void): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (!isShortcut(event) || anchor.current?.closest('[aria-hidden="true"]')) return;
    event.preventDefault();
    onPress();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}

function isShortcut(event: KeyboardEvent): boolean {
  const isModified = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  return isModified && event.key.toLowerCase() === "k";
}
