"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useState } from "react";
import type { Person } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { useViewer } from "#portal/client/viewer.tsx";
import { OneTimeLinkDialog } from "#portal/ui/people/one-time-link-dialog.tsx";
import { ConfirmDialog } from "#portal/ui/primitives/confirm-dialog.tsx";
import { MENU, MENU_ITEM } from "#portal/ui/primitives/menu.ts";

type Change = "role" | "access" | "reset";

/** What an admin can do about somebody else. About oneself nothing: another admin has to. */
export function PersonMenu({ person }: { person: Person }) {
  const viewer = useViewer();
  const [asked, setAsked] = useState<Change | null>(null);
  if (viewer.id === person.id) return <span className="text-xs text-ink-muted">you</span>;
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger
          aria-label={`Actions for ${person.name}`}
          className="grid size-8 place-items-center rounded-md text-ink-muted hover:bg-hover hover:text-ink max-md:size-10"
        >
          <Ellipsis aria-hidden className="size-4" />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content align="end" sideOffset={4} collisionPadding={8} className={MENU}>
            <DropdownMenu.Item className={MENU_ITEM} onSelect={() => setAsked("role")}>
              {person.role === "admin" ? "Make owner…" : "Make admin…"}
            </DropdownMenu.Item>
            <DropdownMenu.Item className={MENU_ITEM} disabled={person.isDisabled} onSelect={() => setAsked("reset")}>
              Password reset link…
            </DropdownMenu.Item>
            <DropdownMenu.Item className={MENU_ITEM} onSelect={() => setAsked("access")}>
              {person.isDisabled ? "Enable…" : "Disable…"}
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {asked === "role" ? <RoleChange person={person} onClose={() => setAsked(null)} /> : null}
      {asked === "access" ? <AccessChange person={person} onClose={() => setAsked(null)} /> : null}
      {asked === "reset" ? <ResetLink person={person} onClose={() => setAsked(null)} /> : null}
    </>
  );
}

type ChangeProps = { person: Person; onClose: () => void };

/** Closes the question and loads the people anew once the change is made. */
function useAfterChange(onClose: () => void) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return async () => {
    await queryClient.invalidateQueries(trpc.people.list.queryFilter());
    onClose();
  };
}

function RoleChange({ person, onClose }: ChangeProps) {
  const trpc = useTRPC();
  const change = useMutation(trpc.people.setRole.mutationOptions({ onSuccess: useAfterChange(onClose) }));
  const role = person.role === "admin" ? "owner" : "admin";
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Make ${person.name} an ${role}?`}
      consequence={
        role === "admin"
          ? "They will see all agents, set limits, and manage people. It applies at once; they have to sign in again."
          : "They will see only their own agents and set no limits. It applies at once; they have to sign in again."
      }
      action={`Make ${role}`}
      onConfirm={() => change.mutate({ userId: person.id, role })}
      isBusy={change.isPending}
      failure={failureText(change.error)}
    />
  );
}

function AccessChange({ person, onClose }: ChangeProps) {
  const trpc = useTRPC();
  const change = useMutation(trpc.people.setDisabled.mutationOptions({ onSuccess: useAfterChange(onClose) }));
  const isDisabled = !person.isDisabled;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={isDisabled ? `Disable ${person.name}?` : `Enable ${person.name}?`}
      consequence={
        isDisabled
          ? "They are signed out everywhere at once, and their API keys stop working. Their agents go on."
          : "They can sign in again with their password."
      }
      action={isDisabled ? "Disable" : "Enable"}
      onConfirm={() => change.mutate({ userId: person.id, isDisabled })}
      isBusy={change.isPending}
      failure={failureText(change.error)}
    />
  );
}

function ResetLink({ person, onClose }: ChangeProps) {
  const trpc = useTRPC();
  const reset = useMutation(trpc.people.resetLink.mutationOptions());
  if (reset.data !== undefined) {
    return <OneTimeLinkDialog title={`Reset link for ${person.name}`} {...reset.data} onClose={onClose} />;
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Make a password reset link for ${person.name}?`}
      consequence="You get a link to send them; it works once, for 24 hours. Using it ends all their sessions."
      action="Make the link"
      onConfirm={() => reset.mutate({ userId: person.id })}
      isBusy={reset.isPending}
      failure={failureText(reset.error)}
    />
  );
}
