import { useEffect, useMemo, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { attempt } from '../../ui/faults';
import { TextField } from '../../ui/field';
import { Copy, Download, Printer } from '../../ui/icons';
import { toast } from '../../ui/toasts';
import { saveText } from './save-file';

interface RecoveryKeyProps {
  /** Groups of four, with hyphens. */
  shown: string;
  onDone: () => void;
}

/** Shows a recovery key this once, and makes sure that it was written down. */
export function RecoveryKey({ shown, onDone }: RecoveryKeyProps) {
  const [isChecking, setChecking] = useState(false);
  return isChecking ? (
    <Check shown={shown} onBack={() => setChecking(false)} onDone={onDone} />
  ) : (
    <Show shown={shown} onNext={() => setChecking(true)} />
  );
}

const noClosing = () => toast(t('encryption.writeFirst'));

function Show({ shown, onNext }: { shown: string; onNext: () => void }) {
  usePrinted();
  const next = (
    <Button kind="primary" onClick={onNext}>
      {t('encryption.wroteDown')}
    </Button>
  );
  return (
    <Dialog title={t('encryption.recoveryKey')} onClose={noClosing} actions={next}>
      <div class="stack recovery-sheet">
        <p>{t('encryption.recoveryWhat')}</p>
        <p class="recovery-key" data-testid="recovery-key">
          {shown.split('-').map((group, at) => (
            <span key={at}>{group}</span>
          ))}
        </p>
        <p class="quiet">{t('encryption.recoveryOnce')}</p>
        <Ways shown={shown} />
      </div>
    </Dialog>
  );
}

function Ways({ shown }: { shown: string }) {
  const copy = async () => {
    const isCopied = await attempt(() => navigator.clipboard.writeText(shown));
    if (isCopied) toast(t('common.copied'));
  };
  const text = `${t('encryption.recoveryFile')}\n\n${shown}\n`;
  return (
    <div class="recovery-ways">
      <Button onClick={() => void copy()}>
        <Copy size={18} aria-hidden="true" />
        {t('common.copy')}
      </Button>
      <Button onClick={() => saveText(text, 'confab-recovery-key.txt')}>
        <Download size={18} aria-hidden="true" />
        {t('encryption.download')}
      </Button>
      <Button onClick={() => print()}>
        <Printer size={18} aria-hidden="true" />
        {t('encryption.print')}
      </Button>
    </div>
  );
}

/** Whatever is printed now is the sheet with the key, and not the app behind it. */
function usePrinted(): void {
  useEffect(() => {
    document.documentElement.dataset.printed = 'recovery-key';
    return () => {
      delete document.documentElement.dataset.printed;
    };
  }, []);
}

/** Two different places of a list. */
function twoOf(count: number): [number, number] {
  const [first = 0, second = 0] = crypto.getRandomValues(new Uint32Array(2));
  const one = first % count;
  const other = (one + 1 + (second % (count - 1))) % count;
  return one < other ? [one, other] : [other, one];
}

const typed = (text: string) =>
  text.replace(/[\s-]/g, '').toUpperCase().replaceAll('O', '0').replace(/[IL]/g, '1');

interface CheckProps {
  shown: string;
  onBack: () => void;
  onDone: () => void;
}

function Check({ shown, onBack, onDone }: CheckProps) {
  const groups = shown.split('-');
  const places = useMemo(() => twoOf(groups.length), [groups.length]);
  const [values, setValues] = useState(['', '']);
  const [isWrong, setWrong] = useState(false);
  const check = (event: Event) => {
    event.preventDefault();
    const fits = places.every((place, at) => typed(values[at] ?? '') === groups[place]);
    setWrong(!fits);
    if (fits) onDone();
  };
  const actions = (
    <>
      <Button onClick={onBack}>{t('encryption.showAgain')}</Button>
      <Button kind="primary" type="submit" form="recovery-check">
        {t('common.done')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('encryption.checkTitle')} onClose={noClosing} actions={actions}>
      <form class="stack" id="recovery-check" onSubmit={check}>
        <p>{t('encryption.checkWhat')}</p>
        {places.map((place, at) => (
          <TextField
            key={place}
            label={t('encryption.group', { number: place + 1 })}
            value={values[at] ?? ''}
            onInput={(value) => setValues((all) => all.map((one, i) => (i === at ? value : one)))}
            autoComplete="off"
            autoCapitalize="characters"
            spellcheck={false}
            autofocus={at === 0}
            required
          />
        ))}
        {isWrong && (
          <p class="field-error" role="alert">
            {t('encryption.checkWrong')}
          </p>
        )}
      </form>
    </Dialog>
  );
}
