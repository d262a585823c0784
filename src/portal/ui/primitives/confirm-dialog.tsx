"use client";

import { type ReactNode, useState } from "react";

import { Button } from "#portal/ui/primitives/button.tsx";
import { Dialog } from "#portal/ui/primitives/dialog.tsx";
import { TextField } from "#portal/ui/primitives/field.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

type ConfirmDialogProps = {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  /** What will happen, and what will break. */
  consequence: ReactNode;
  action: string;
  onConfirm: () => void;
  isBusy: boolean;
  failure: string | null;
  /** Where the person must type this word before the button works. */
  typedWord?: string;
};

/** Asks before something that cannot be taken back. The safe button comes first and has the focus. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const [typed, setTyped] = useState("");
  const isReady = props.typedWord === undefined || typed.trim() === props.typedWord;
  const close = () => {
    setTyped("");
    props.onClose();
  };

  return (
    <Dialog isOpen={props.isOpen} onClose={close} title={props.title} description={props.consequence}>
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && !props.isBusy) props.onConfirm();
        }}
      >
        {props.typedWord === undefined ? null : (
          <TextField
            label={`Type “${props.typedWord}” to confirm`}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            spellCheck={false}
          />
        )}
        {props.failure === null ? null : <Notice tone="stop" title={props.failure} />}
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" look="danger" isBusy={props.isBusy} disabled={!isReady}>
            {props.action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
