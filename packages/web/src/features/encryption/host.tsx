import { ApproveDialog } from './approve-dialog';
import { BlockedDialog } from './blocked-dialog';
import { DeviceBanners } from './device-banners';
import { type Asked, asked } from './dialogs';
import { LetInDialog } from './let-in-dialog';
import { NewKeyDialog } from './new-key-dialog';
import { UnlockDialog } from './unlock-dialog';
import { VerifyDialog } from './verify-dialog';

function Question({ question, answer }: Asked) {
  switch (question.kind) {
    case 'set-up':
    case 'reset':
    case 'renew':
      return <NewKeyDialog kind={question.kind} onDone={answer} />;
    case 'let-in':
      return <LetInDialog onDone={answer} />;
    case 'approve':
      return <ApproveDialog onDone={answer} />;
    case 'unlock':
      return <UnlockDialog onDone={answer} />;
    case 'verify':
      return <VerifyDialog userId={question.userId} onDone={answer} />;
    case 'blocked':
      return <BlockedDialog chatId={question.chatId} onDone={answer} />;
    default:
      return question satisfies never;
  }
}

/** What the encryption has to tell and to ask, wherever in the app the user is. */
export function EncryptionHost() {
  return (
    <>
      <DeviceBanners />
      {asked.value.map((one) => (
        <Question key={one.id} {...one} />
      ))}
    </>
  );
}
