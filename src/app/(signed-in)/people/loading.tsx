import { PeopleLoading } from "#portal/ui/people/people-page.tsx";

export default PeopleLoading;
