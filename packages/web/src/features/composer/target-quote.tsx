import { t } from '../../i18n';
import { IconButton } from '../../ui/button';
import { CornerUpLeft, Pencil, X } from '../../ui/icons';
import type { Target } from '../conversation/compose-target';
import { senderName } from '../conversation/people';
import { lineOf } from '../conversation/summaries';

interface TargetQuoteProps {
  target: Target;
  onEnd: () => void;
}

/** Above the field: which message is answered or changed by what is written there. */
export function TargetQuote({ target: { kind, message }, onEnd }: TargetQuoteProps) {
  const Icon = kind === 'edit' ? Pencil : CornerUpLeft;
  const title =
    kind === 'edit'
      ? t('composer.editing')
      : t('composer.replyingTo', { name: senderName(message) });
  return (
    <div class="target-quote">
      <Icon size={20} aria-hidden="true" />
      <div class="target-quote-text">
        <strong class="ellipsis">{title}</strong>
        <span class="ellipsis quiet">{lineOf(message)}</span>
      </div>
      <IconButton
        icon={X}
        label={t(kind === 'edit' ? 'composer.endEdit' : 'composer.endReply')}
        onClick={onEnd}
      />
    </div>
  );
}
