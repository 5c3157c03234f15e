import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../i18n';
import { Button, IconButton } from './button';
import { keepEscape, useFocusBack } from './focus';
import { X } from './icons';

interface DialogProps {
  title: string;
  onClose: () => void;
  wide?: boolean;
  /** Buttons beneath. */
  actions?: ComponentChildren;
  children: ComponentChildren;
}

/** Keeps everything else away until it is closed. Escape and a click beside it close it, too. */
export function Dialog({ title, onClose, wide = false, actions, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useFocusBack();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class={wide ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => event.target === dialog.current && onClose()}
      onKeyDown={keepEscape}
    >
      <header class="dialog-head">
        <h2 id={id}>{title}</h2>
        <IconButton icon={X} label={t('common.close')} onClick={onClose} />
      </header>
      <div class="dialog-body">{children}</div>
      {actions !== undefined && <footer class="dialog-actions">{actions}</footer>}
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  text: string;
  /** What the button says that does it. */
  action: string;
  danger?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ title, text, action, danger = true, onConfirm, onClose }: ConfirmProps) {
  const confirm = () => {
    onClose();
    onConfirm();
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button kind={danger ? 'danger' : 'primary'} onClick={confirm}>
        {action}
      </Button>
    </>
  );
  return (
    <Dialog title={title} onClose={onClose} actions={actions}>
      <p>{text}</p>
    </Dialog>
  );
}
