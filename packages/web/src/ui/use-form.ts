import { ClientError } from '@confab/client';
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { faultText } from './faults';

/** Texts by the names of fields. */
export type FieldTexts = Readonly<Record<string, string | undefined>>;

/** What is wrong: with a field by its name, or with all of it. */
export interface FormFaults {
  readonly fields: FieldTexts;
  readonly whole: string | null;
}

interface FormOptions {
  send: () => Promise<unknown>;
  /** What can be said of the fields without asking the server: nothing, when all is well. */
  check?: () => FieldTexts;
  /** At which field the errors of the server belong, by their codes. */
  places?: Partial<Record<ClientError['code'], string>>;
  /** What a field has to be, in the user's language: said in place of the server's own words. */
  rules?: FieldTexts;
}

export interface FormState {
  readonly busy: boolean;
  readonly faults: FormFaults;
  readonly ref: RefObject<HTMLFormElement>;
  readonly submit: (event: Event) => void;
  /** Takes back what was said of the field that is being changed. */
  readonly changed: (event: Event) => void;
}

const NONE: FormFaults = { fields: {}, whole: null };

const hasAny = (fields: FieldTexts) => Object.values(fields).some((text) => text !== undefined);

function faultsOf(fault: unknown, { places = {}, rules = {} }: FormOptions): FormFaults {
  if (!(fault instanceof ClientError)) return { fields: {}, whole: faultText(fault) };
  const place = places[fault.code];
  if (place !== undefined) return { fields: { [place]: faultText(fault) }, whole: null };
  const fields = Object.fromEntries(
    fault.errors.map(({ path, message }) => [path, rules[path] ?? message]),
  );
  return { fields, whole: hasAny(fields) ? null : faultText(fault) };
}

/** The user goes on where something is wrong; else where they were, as a busy button loses the focus. */
function focusFault(form: HTMLFormElement): void {
  const faulty = form.querySelector<HTMLElement>('[aria-invalid="true"]');
  if (faulty) faulty.focus();
  else if (document.activeElement === document.body) {
    form.querySelector<HTMLElement>('[type=submit]')?.focus();
  }
}

const without = ({ fields, whole }: FormFaults, name: string): FormFaults => ({
  fields: { ...fields, [name]: undefined },
  whole,
});

/** A form that is sent once at a time, and tells at each field what is wrong with it. */
export function useForm(options: FormOptions): FormState {
  const [{ busy, faults, sent }, setState] = useState({ busy: false, faults: NONE, sent: 0 });
  const ref = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => {
    if (faults !== NONE && ref.current) focusFault(ref.current);
  }, [sent]);
  const answer = (found: FormFaults) =>
    setState((before) => ({ busy: false, faults: found, sent: before.sent + 1 }));
  const submit = (event: Event) => {
    event.preventDefault();
    if (busy) return;
    const fields = options.check?.() ?? {};
    if (hasAny(fields)) return answer({ fields, whole: null });
    setState((before) => ({ ...before, busy: true, faults: NONE }));
    options.send().then(
      () => answer(NONE),
      (fault: unknown) => answer(faultsOf(fault, options)),
    );
  };
  const changed = ({ target }: Event) => {
    const name = target instanceof Element ? target.getAttribute('name') : null;
    if (name === null || faults.fields[name] === undefined) return;
    setState((before) => ({ ...before, faults: without(before.faults, name) }));
  };
  return { busy, faults, ref, submit, changed };
}
