import type { LucideIcon } from 'lucide-preact';
import { hrefOf, type Route } from '../../app/routes';
import { type TextKey, t } from '../../i18n';
import { userName } from '../../state/names';
import { session } from '../../state/session';
import { Camera, ChevronRight, MessageCirclePlus, Users } from '../../ui/icons';

interface Step {
  readonly to: Route;
  readonly icon: LucideIcon;
  readonly title: TextKey;
  readonly text: TextKey;
}

const STEPS: readonly Step[] = [
  {
    to: { name: 'new-chat' },
    icon: MessageCirclePlus,
    title: 'chats.stepFind',
    text: 'chats.stepFindText',
  },
  { to: { name: 'new-group' }, icon: Users, title: 'chats.newGroup', text: 'chats.stepGroupText' },
  {
    to: { name: 'settings', page: 'profile' },
    icon: Camera,
    title: 'chats.stepPicture',
    text: 'chats.stepPictureText',
  },
];

/** Helps somebody who has no chats yet. */
export function FirstSteps() {
  const face = session.face.value;
  return (
    <div class="scroll">
      <div class="first-steps">
        <img src="/app/icon.svg" alt="" width={72} height={72} />
        <h2>{face ? t('chats.hello', { name: userName(face) }) : t('auth.welcome')}</h2>
        <p class="quiet">{t('chats.helloText')}</p>
        <ul>
          {STEPS.map(({ to, icon: Icon, title, text }) => (
            <li key={title}>
              <a class="list-row step" href={hrefOf(to)}>
                <span class="row-icon">
                  <Icon size={22} aria-hidden="true" />
                </span>
                <span class="list-row-text">
                  <strong class="block">{t(title)}</strong>
                  <span class="block quiet small">{t(text)}</span>
                </span>
                <ChevronRight size={20} class="turns" aria-hidden="true" />
              </a>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
