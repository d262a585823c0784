import { PricesRoute } from "#portal/pages/prices-route.tsx";

export const metadata = { title: "Prices" };

export default PricesRoute;
