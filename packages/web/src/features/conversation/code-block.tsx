import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { IconButton } from '../../ui/button';
import { attempt } from '../../ui/faults';
import { Check, Copy } from '../../ui/icons';

/** Code as it was typed, with a button that copies it. */
export function CodeBlock({ text, language }: { text: string; language: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => setCopied(await attempt(() => navigator.clipboard.writeText(text)));
  return (
    <div class="code-block">
      {language && <span class="code-language">{language}</span>}
      <pre>
        <code>{text}</code>
      </pre>
      <IconButton
        icon={isCopied ? Check : Copy}
        label={isCopied ? t('common.copied') : t('conversation.copyCode')}
        onClick={() => void copy()}
      />
    </div>
  );
}
