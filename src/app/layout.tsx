import "./globals.css";

import type { Metadata, Viewport } from "next";

import { RootDocument } from "#portal/pages/root-document.tsx";

export const metadata: Metadata = {
  title: { default: "Trinity LLM", template: "%s · Trinity LLM" },
  description: "What your Claude Code agents cost, and where they stop.",
  icons: { icon: "/icon.svg" },
  robots: { index: false, follow: false },
};

export const viewport: Viewport = { colorScheme: "light dark" };

export default RootDocument;
