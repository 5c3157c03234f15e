import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { momentOf } from '../../i18n/dates';
import { session } from '../../state/session';
import type { Message, UserId } from '../../state/types';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Loading } from '../../ui/empty';
import { faultText } from '../../ui/faults';
import { nameIn, personOf } from './people';

type Receipts = Awaited<ReturnType<typeof session.client.api.receipts>>;
type Mark = Receipts['read'][number];

interface InfoDialogProps {
  message: Message;
  onClose: () => void;
}

/** Who has a message, who read it, and when. It follows what comes while it is open. */
export function InfoDialog({ message, onClose }: InfoDialogProps) {
  const { receipts, fault, again } = useReceipts(message);
  return (
    <Dialog title={t('conversation.info')} onClose={onClose}>
      <dl class="message-facts">
        <dt>{t('conversation.sentAt')}</dt>
        <dd>{momentOf(message.created_at)}</dd>
        {message.edited_at && (
          <>
            <dt>{t('conversation.editedAt')}</dt>
            <dd>{momentOf(message.edited_at)}</dd>
          </>
        )}
      </dl>
      {fault !== null && (
        <p class="row" role="alert">
          <span class="spacer">{fault}</span>
          <Button onClick={again}>{t('common.retry')}</Button>
        </p>
      )}
      {receipts ? <Lists message={message} receipts={receipts} /> : fault === null && <Loading />}
    </Dialog>
  );
}

function useReceipts({ id, chat_id }: Message) {
  const [receipts, setReceipts] = useState<Receipts | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  const again = () => setTries((count) => count + 1);
  useEffect(() => {
    let isOver = false;
    session.client.api.receipts(id).then(
      (found) => {
        if (isOver) return;
        setReceipts(found);
        setFault(null);
      },
      (error: unknown) => isOver || setFault(faultText(error)),
    );
    return () => {
      isOver = true;
    };
  }, [id, tries]);
  useEffect(
    () => session.client.on('message_status', (status) => status.chat_id === chat_id && again()),
    [chat_id],
  );
  return { receipts, fault, again };
}

function Lists({ message, receipts }: { message: Message; receipts: Receipts }) {
  const readers = new Set(receipts.read.map((mark) => mark.user_id));
  const delivered = receipts.delivered.filter((mark) => !readers.has(mark.user_id));
  return (
    <>
      <People title={t('conversation.readBy')} message={message} marks={receipts.read} />
      <People title={t('conversation.deliveredTo')} message={message} marks={delivered} />
    </>
  );
}

interface PeopleProps {
  title: string;
  message: Message;
  marks: readonly Mark[];
}

function People({ title, message, marks }: PeopleProps) {
  const others = marks.filter((mark) => mark.user_id !== message.sender_id);
  return (
    <section class="receipts">
      <h3>{title}</h3>
      {others.length === 0 && <p class="quiet">{t('conversation.nobodyYet')}</p>}
      <ul>
        {others.map(({ user_id, at }) => (
          <li key={user_id} class="list-row">
            <Face chatId={message.chat_id} userId={user_id} />
            <span class="spacer ellipsis">{nameIn(message.chat_id, user_id)}</span>
            {at !== null && <time class="quiet small">{momentOf(at)}</time>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Face({ chatId, userId }: { chatId: Message['chat_id']; userId: UserId }) {
  const avatar_url = personOf(chatId, userId)?.avatar_url ?? null;
  return <Avatar of={{ id: userId, avatar_url }} name={nameIn(chatId, userId)} size={32} />;
}
