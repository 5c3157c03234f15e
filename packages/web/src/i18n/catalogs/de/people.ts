import type { Catalog } from '../../index';

export const people: Catalog['people'] = {
  profile: 'Profil',
  ownMenu: 'Dein Menü',
  appearance: 'Darstellung',
  notifications: 'Mitteilungen',
  signOut: 'Abmelden',
  signOutTitle: 'Auf diesem Gerät abmelden?',
  signOutText:
    'Deine Chats bleiben auf dem Server. Was noch nicht gesendet ist, wird hier aufbewahrt, bis du dich wieder anmeldest.',
  editProfile: 'Profil bearbeiten',
  message: 'Nachricht',
  bio: 'Über',
  since: 'Dabei seit',
  inactive: 'Dieses Konto ist deaktiviert.',
  missing: 'Unter dieser Adresse gibt es niemanden',
  showPicture: 'Bild von {name} zeigen',
  pictureOf: 'Bild von {name}',
  report: 'Melden',
  reportTitle: '{name} melden',
  reportText:
    'Die Betreiber dieses Servers sehen es sich an. Die andere Person erfährt nichts davon.',
  reportKind: 'Was stimmt nicht?',
  reasonSpam: 'Spam',
  reasonHarassment: 'Belästigung',
  reasonFake: 'Gibt sich als jemand anderes aus',
  reasonOther: 'Etwas anderes',
  reportDetails: 'Erzähl mehr',
  reportWhy: 'Sag, was nicht stimmt.',
  reported: 'Danke. Die Meldung ist abgeschickt.',
};
