import { HeliconeSettingsLoading } from "#portal/ui/observability/helicone-settings-page.tsx";

export default HeliconeSettingsLoading;
