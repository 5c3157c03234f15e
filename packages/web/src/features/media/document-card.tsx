import { t } from '../../i18n';
import { attempt } from '../../ui/faults';
import { Download } from '../../ui/icons';
import { sizeText } from './figures';
import { iconOf } from './file-icon';
import type { MediaItem } from './source';

/** A file that is not shown itself: what it is, and a click saves it. */
export function DocumentCard({ item }: { item: MediaItem }) {
  const { name, size, type, source } = item;
  const Icon = iconOf(type);
  return (
    <button
      type="button"
      class="document-card"
      aria-label={t('media.download', { name, size: sizeText(size) })}
      title={name}
      onClick={() => void attempt(source.download)}
    >
      <span class="document-icon">
        <Icon size={22} aria-hidden="true" />
      </span>
      <span class="document-text">
        <bdi class="document-name">{name}</bdi>
        <span class="small quiet">{sizeText(size)}</span>
      </span>
      <Download size={18} aria-hidden="true" />
    </button>
  );
}
