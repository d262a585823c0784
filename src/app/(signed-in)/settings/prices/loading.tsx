import { PricesLoading } from "#portal/ui/prices/prices-page.tsx";

export default PricesLoading;
