import type { ComponentChildren } from 'preact';
import { t } from '../i18n';
import { Button } from './button';
import type { FormState } from './use-form';

interface FormProps {
  form: FormState;
  /** What its button says. */
  action: string;
  danger?: boolean;
  wide?: boolean;
  /** For one that can be left undone, such as in a dialog. */
  onCancel?: () => void;
  children: ComponentChildren;
}

/** Fields, and a button that sends them. What is wrong is told here, in the user's language. */
export function Form(props: FormProps) {
  const { form, action, danger = false, wide = false, onCancel, children } = props;
  const { busy, faults, ref, submit, changed } = form;
  return (
    <form class="stack" ref={ref} noValidate onSubmit={submit} onInput={changed}>
      {children}
      {faults.whole !== null && (
        <p class="field-error" role="alert">
          {faults.whole}
        </p>
      )}
      <div class="form-actions">
        <Button kind={danger ? 'danger' : 'primary'} type="submit" wide={wide} busy={busy}>
          {action}
        </Button>
        {onCancel && <Button onClick={onCancel}>{t('common.cancel')}</Button>}
      </div>
    </form>
  );
}
