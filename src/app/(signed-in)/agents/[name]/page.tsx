import type { Metadata } from "next";

import { AgentRoute } from "#portal/pages/agent-route.tsx";

export async function generateMetadata({ params }: { params: Promise<{ name: string }> }): Promise<Metadata> {
  return { title: (await params).name };
}

export default AgentRoute;
