/** The field of the conversation that something lies in. */
export const composerOf = (within: EventTarget | null): HTMLElement | null =>
  within instanceof Element
    ? (within.closest('.conversation')?.querySelector<HTMLElement>('.composer textarea') ?? null)
    : null;

/** After something was chosen that goes on in the field. */
export const focusComposer = (): void =>
  document.querySelector<HTMLElement>('.conversation .composer textarea')?.focus();
