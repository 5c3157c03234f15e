import { t } from '../../i18n';
import type { ChatId } from '../../state/types';
import { Button, IconButton } from '../../ui/button';
import { faultText } from '../../ui/faults';
import { CircleAlert, Pause, Play, X } from '../../ui/icons';
import { sizeText } from '../media/figures';
import { iconOf } from '../media/file-icon';
import type { PendingFile } from './pending-files';
import type { Shipment } from './shipment';
import { dropFile, giveUp, runAgain, shipmentsOf } from './shipments';

/** Messages whose files are on their way: how far they are, and what can be done with them. */
export function ShipmentRows({ chatId }: { chatId: ChatId }) {
  const shipments = shipmentsOf(chatId).value;
  if (shipments.length === 0) return null;
  return (
    <ul class="shipments" aria-label={t('composer.uploads')}>
      {shipments.map((shipment) => (
        <li key={shipment.cargo.value.files[0]?.id} class="shipment">
          <ShipmentRow shipment={shipment} />
        </li>
      ))}
    </ul>
  );
}

function ShipmentRow({ shipment }: { shipment: Shipment }) {
  const { files, text } = shipment.cargo.value;
  return (
    <>
      {files.map((file) => (
        <FileRow key={file.id} shipment={shipment} file={file} />
      ))}
      {text !== '' && <p class="shipment-text ellipsis">{text}</p>}
      <Outcome shipment={shipment} />
    </>
  );
}

function FileRow({ shipment, file }: { shipment: Shipment; file: PendingFile }) {
  const { name, size } = file.file;
  const { bytes, total } = shipment.progress.value.get(file.id) ?? { bytes: 0, total: size };
  const part = total === 0 ? 0 : bytes / total;
  return (
    <div class="shipment-file">
      <Thumbnail file={file} />
      <div class="shipment-file-text">
        <span class="row small">
          <bdi class="ellipsis spacer">{name}</bdi>
          <span class="quiet shipment-figures">
            {t('composer.progress', { done: sizeText(size * part), all: sizeText(size) })}
          </span>
        </span>
        <progress
          class="progress"
          aria-label={t('composer.uploading', { name })}
          max={100}
          value={Math.round(part * 100)}
        />
      </div>
      {shipment.isPausable && part < 1 && <PauseButton shipment={shipment} name={name} />}
      <IconButton
        icon={X}
        label={t('composer.cancelUpload', { name })}
        onClick={() => void dropFile(shipment, file.id)}
      />
    </div>
  );
}

function Thumbnail({ file: { file, preview } }: { file: PendingFile }) {
  if (preview !== null && file.type.startsWith('image/')) {
    return <img class="shipment-picture" src={preview} alt="" />;
  }
  const Icon = iconOf(file.type);
  return (
    <span class="shipment-picture">
      <Icon size={20} aria-hidden="true" />
    </span>
  );
}

function PauseButton({ shipment, name }: { shipment: Shipment; name: string }) {
  const state = shipment.state.value.name;
  if (state === 'failed') return null;
  return state === 'paused' ? (
    <IconButton
      icon={Play}
      label={t('composer.resumeUpload', { name })}
      onClick={() => shipment.resume()}
    />
  ) : (
    <IconButton
      icon={Pause}
      label={t('composer.pauseUpload', { name })}
      onClick={() => shipment.pause()}
    />
  );
}

/** What went wrong, and another try. */
function Outcome({ shipment }: { shipment: Shipment }) {
  const state = shipment.state.value;
  if (state.name !== 'failed') return null;
  return (
    <div class="shipment-fault" role="alert">
      <CircleAlert size={18} aria-hidden="true" />
      <span class="spacer">{t('composer.notSent', { reason: faultText(state.fault) })}</span>
      <Button kind="plain" onClick={() => void giveUp(shipment)}>
        {t('common.cancel')}
      </Button>
      <Button onClick={() => void runAgain(shipment)}>{t('common.retry')}</Button>
    </div>
  );
}
