import { admittedLayout } from "#portal/pages/admitted-layout.tsx";

export default admittedLayout("/settings/retention");
