import { PeopleRoute } from "#portal/pages/people-route.tsx";

export const metadata = { title: "People" };

export default PeopleRoute;
