import type { Catalog } from '../../index';

export const auth: Catalog['auth'] = {
  welcome: 'Willkommen bei Confab',
  signIn: 'Anmelden',
  register: 'Konto anlegen',
  username: 'Benutzername',
  usernameOrEmail: 'Benutzername oder E-Mail',
  email: 'E-Mail',
  password: 'Passwort',
  fullName: 'Name (optional)',
  showPassword: 'Passwort anzeigen',
  newHere: 'Neu hier?',
  haveAccount: 'Schon ein Konto?',
  signedOut: 'Du wurdest abgemeldet. Melde dich wieder an.',
  sessionEnded:
    'Du wurdest abgemeldet. Diese Sitzung wurde auf einem anderen Gerät oder von der Verwaltung beendet. Was Confab in diesem Browser aufbewahrt hat, ist weg, auch Nachrichten, die noch nicht gesendet waren.',
  usernameHint: '3 bis 32 Buchstaben, Ziffern, Unterstriche oder Punkte. Andere finden dich damit.',
  usernameRule:
    'Ein Benutzername hat 3 bis 32 Buchstaben (a–z), Ziffern, Unterstriche oder Punkte, ohne Punkt am Anfang oder Ende.',
  emailHint: 'Zum Anmelden. Niemand sonst sieht sie.',
  emailRule: 'Gib eine E-Mail-Adresse ein, etwa name@example.org.',
  passwordHint: 'Mindestens 8 Zeichen.',
  passwordRule: 'Ein Passwort hat 8 bis 128 Zeichen.',
  whichUser: 'Gib deinen Benutzernamen oder deine E-Mail-Adresse ein.',
  whichPassword: 'Gib dein Passwort ein.',
};
