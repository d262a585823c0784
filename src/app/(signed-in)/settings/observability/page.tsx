import { HeliconeSettingsRoute } from "#portal/pages/helicone-settings-route.tsx";

export const metadata = { title: "LLM Observability" };

export default HeliconeSettingsRoute;
