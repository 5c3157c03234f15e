import type { Audience, Privacy } from '@confab/protocol';
import { t } from '../../i18n';
import { session } from '../../state/session';
import { Choices } from '../../ui/choices';
import { Loaded } from '../../ui/loaded';
import { BlockedPeople } from './blocked-people';
import { SavedNote } from './saved-note';
import { Section } from './section';
import { useSetting } from './use-setting';

/** Who sees what of the user, and who is kept away. */
export function PrivacyPage() {
  const { loaded, set, state } = useSetting(
    () => session.client.api.privacy(),
    (change) => session.client.api.setPrivacy(change),
  );
  return (
    <>
      <Section
        title={t('settings.whoSees')}
        hint={t('settings.whoSeesHint')}
        note={<SavedNote state={state} />}
      >
        <Loaded of={loaded}>{(privacy) => <Audiences privacy={privacy} set={set} />}</Loaded>
      </Section>
      <Section title={t('settings.blocked')} hint={t('settings.blockedHint')}>
        <BlockedPeople />
      </Section>
    </>
  );
}

interface AudiencesProps {
  privacy: Privacy;
  set: (change: Partial<Privacy>) => void;
}

function Audiences({ privacy, set }: AudiencesProps) {
  const options: readonly { value: Audience; text: string }[] = [
    { value: 'everyone', text: t('settings.everyone') },
    { value: 'contacts', text: t('settings.contacts') },
    { value: 'nobody', text: t('settings.nobody') },
  ];
  return (
    <>
      <Choices
        label={t('settings.lastSeen')}
        hint={t('settings.lastSeenHint')}
        value={privacy.last_seen}
        options={options}
        onChange={(last_seen) => set({ last_seen })}
      />
      <Choices
        label={t('settings.readReceipts')}
        hint={t('settings.readReceiptsHint')}
        value={privacy.read_receipts}
        options={options}
        onChange={(read_receipts) => set({ read_receipts })}
      />
    </>
  );
}
