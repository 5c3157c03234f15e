import type { LucideIcon } from 'lucide-preact';
import type { ComponentType } from 'preact';
import type { SettingsPage } from '../../app/routes';
import type { TextKey } from '../../i18n';
import { Bell, Laptop, Lock, Palette, ShieldCheck, User, UserKey } from '../../ui/icons';
import { lazy } from '../../ui/lazy';
import { AccountPage } from './account/account-page';
import { AppearancePage } from './appearance-page';
import { NotificationsPage } from './notifications-page';
import { PrivacyPage } from './privacy-page';
import { ProfilePage } from './profile/profile-page';
import { SessionsPage } from './sessions/sessions-page';

interface PageOfSettings {
  readonly title: TextKey;
  readonly icon: LucideIcon;
  readonly Content: ComponentType;
}

const EncryptionSettings = lazy(
  async () => (await import('../encryption/encryption-settings')).EncryptionSettings,
);

/** The settings there are, in the order in which they are listed. */
export const PAGES: Readonly<Record<SettingsPage, PageOfSettings>> = {
  profile: { title: 'settings.profile', icon: User, Content: ProfilePage },
  appearance: { title: 'settings.appearance', icon: Palette, Content: AppearancePage },
  notifications: { title: 'settings.notifications', icon: Bell, Content: NotificationsPage },
  privacy: { title: 'settings.privacy', icon: Lock, Content: PrivacyPage },
  encryption: { title: 'settings.encryption', icon: ShieldCheck, Content: EncryptionSettings },
  sessions: { title: 'settings.sessions', icon: Laptop, Content: SessionsPage },
  account: { title: 'settings.account', icon: UserKey, Content: AccountPage },
};
