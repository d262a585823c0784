"use client";

import { createContext, type ReactNode, useContext } from "react";

/** The person who is signed in. What they may do is decided on the server; this only spares them what they may not. */
export type Viewer = { id: string; name: string; email: string; role: "admin" | "owner" };

const ViewerContext = createContext<Viewer | null>(null);

export function ViewerProvider({ viewer, children }: { viewer: Viewer; children: ReactNode }) {
  return <ViewerContext value={viewer}>{children}</ViewerContext>;
}

/** The person who is signed in. */
export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext);
  if (viewer === null) throw new Error("useViewer needs a ViewerProvider above it.");
  return viewer;
}
