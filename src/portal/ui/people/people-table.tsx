"use client";

import type { Person } from "#portal/client/answers.ts";
import { classNames } from "#portal/ui/class-names.ts";
import { formatCount } from "#portal/ui/format/counts.ts";
import { RelativeTime } from "#portal/ui/format/instant.tsx";
import { PersonMenu } from "#portal/ui/people/person-menu.tsx";
import { Cell, DataTable, HeadCell, Row, RowHead } from "#portal/ui/primitives/data-table.tsx";

/** Everybody with an account. */
export function PeopleTable({ people }: { people: Person[] }) {
  return (
    <DataTable caption="People with an account">
      <thead>
        <tr>
          <HeadCell>Name</HeadCell>
          <HeadCell>Role</HeadCell>
          <HeadCell isNumeric className="max-sm:hidden">
            Agents
          </HeadCell>
          <HeadCell isNumeric className="max-md:hidden">
            Last sign-in
          </HeadCell>
          <HeadCell>
            <span className="sr-only">Actions</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {people.map((person) => (
          <PersonRow key={person.id} person={person} />
        ))}
      </tbody>
    </DataTable>
  );
}

function PersonRow({ person }: { person: Person }) {
  return (
    <Row className="hover:bg-hover/60">
      <RowHead className={classNames("py-2", person.isDisabled && "text-ink-muted")}>
        <span className="font-medium">{person.name}</span>
        {person.isDisabled ? (
          <span className="ml-2 rounded-sm bg-stop-soft px-1.5 py-0.5 text-xs font-medium text-stop">disabled</span>
        ) : null}
        <span className="block text-xs break-all text-ink-muted">{person.email}</span>
      </RowHead>
      <Cell className="capitalize">{person.role}</Cell>
      <Cell isNumeric className="max-sm:hidden">
        {formatCount(person.agentCount)}
      </Cell>
      <Cell isNumeric className="text-ink-muted max-md:hidden">
        {person.lastSignInAt === null ? "never" : <RelativeTime at={person.lastSignInAt} />}
      </Cell>
      <Cell isNumeric className="w-12">
        <PersonMenu person={person} />
      </Cell>
    </Row>
  );
}
