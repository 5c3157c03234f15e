import { t } from '../../i18n';
import type { ChatId } from '../../state/types';
import { IconButton } from '../../ui/button';
import { X } from '../../ui/icons';
import { sizeText } from '../media/figures';
import { iconOf } from '../media/file-icon';
import { type PendingFile, pendingOf, removeFile } from './pending-files';

/** The files that go with the next message, which can be taken out again. */
export function PendingRow({ chatId }: { chatId: ChatId }) {
  const files = pendingOf(chatId).value;
  if (files.length === 0) return null;
  return (
    <ul class="pending-row" aria-label={t('composer.attached')}>
      {files.map((file) => (
        <li key={file.id} class="pending-file">
          <Preview file={file} />
          <IconButton
            class="pending-remove"
            icon={X}
            label={t('composer.removeFile', { name: file.file.name })}
            onClick={() => removeFile(chatId, file.id)}
          />
        </li>
      ))}
    </ul>
  );
}

function Preview({ file: { file, preview } }: { file: PendingFile }) {
  if (preview !== null && file.type.startsWith('image/')) {
    return <img class="pending-picture" src={preview} alt={file.name} title={file.name} />;
  }
  if (preview !== null) {
    return (
      <video class="pending-picture" src={preview} title={file.name} muted preload="metadata" />
    );
  }
  const Icon = iconOf(file.type);
  return (
    <span class="pending-document" title={file.name}>
      <Icon size={24} aria-hidden="true" />
      <span class="pending-name">
        <bdi class="ellipsis">{file.name}</bdi>
        <span class="small quiet">{sizeText(file.size)}</span>
      </span>
    </span>
  );
}
