import { useRef, useState } from 'preact/hooks';
import { go } from '../../app/router';
import { t } from '../../i18n';
import { userName } from '../../state/names';
import { session } from '../../state/session';
import { Avatar } from '../../ui/avatar';
import { Bell, LogOut, Palette, Settings, User } from '../../ui/icons';
import { Menu, type MenuEntry } from '../../ui/menu';
import { SignOutDialog } from './sign-out';

type Open = { readonly name: 'menu'; readonly at: { x: number; y: number } } | { name: 'sign-out' };

const entries = (signOut: () => void): MenuEntry[] => [
  {
    text: t('people.profile'),
    icon: User,
    run: () => go({ name: 'settings', page: 'profile' }),
  },
  {
    text: t('people.appearance'),
    icon: Palette,
    run: () => go({ name: 'settings', page: 'appearance' }),
  },
  {
    text: t('common.settings'),
    icon: Settings,
    run: () => go({ name: 'settings', page: null }),
  },
  { text: t('people.notifications'), icon: Bell, run: () => go({ name: 'notifications' }) },
  'line',
  { text: t('people.signOut'), icon: LogOut, run: signOut },
];

/** One's own picture, and behind it what is one's own: profile, settings, the way out. */
export function OwnMenu() {
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState<Open | null>(null);
  const show = () => {
    const box = button.current?.getBoundingClientRect();
    if (box) setOpen({ name: 'menu', at: { x: box.left, y: box.bottom } });
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class="own-menu"
        title={t('people.ownMenu')}
        aria-label={t('people.ownMenu')}
        aria-haspopup="menu"
        aria-expanded={open?.name === 'menu'}
        onClick={show}
      >
        <OwnPicture />
      </button>
      {open?.name === 'menu' && (
        <Menu
          at={open.at}
          label={t('people.ownMenu')}
          entries={entries(() => setOpen({ name: 'sign-out' }))}
          onClose={() => setOpen(null)}
        />
      )}
      {open?.name === 'sign-out' && <SignOutDialog onClose={() => setOpen(null)} />}
    </>
  );
}

function OwnPicture() {
  const face = session.face.value;
  if (!face) return <User size={20} aria-hidden="true" />;
  return <Avatar of={face} name={userName(face)} size={32} />;
}
