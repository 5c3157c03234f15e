import type { Catalog } from '../../index';

export const faults: Catalog['faults'] = {
  account_inactive: 'Dieses Konto ist deaktiviert.',
  already_a_member: 'Diese Person ist schon in der Gruppe.',
  blocked: 'Ihr könnt einander nicht schreiben: Einer von euch hat den anderen blockiert.',
  chat_closed: 'In diesem Chat kann niemand mehr schreiben.',
  corrupt_media: 'Diese Datei ist beschädigt.',
  download_incomplete: 'Der Server hat nur einen Teil dieser Datei.',
  email_taken: 'Ein anderes Konto hat diese E-Mail-Adresse.',
  group_full: 'Diese Gruppe ist voll.',
  internal: 'Dem Server ist ein Fehler unterlaufen. Versuch es noch einmal.',
  invalid_credentials: 'Der Benutzername oder das Passwort ist falsch.',
  media_too_complex: 'Diese Datei ist zu groß oder zu kompliziert.',
  message_deleted: 'Diese Nachricht wurde gelöscht.',
  not_a_member: 'Du bist nicht in diesem Chat.',
  overloaded: 'Der Server ist ausgelastet. Versuch es gleich noch einmal.',
  quota_exceeded: 'Für deine Dateien ist kein Platz mehr.',
  storage_full: 'Der Server hat keinen Platz mehr.',
  too_many_uploads: 'Zu viele Uploads auf einmal. Warte, bis einige fertig sind.',
  tooFastFor: {
    one: 'Zu viele Versuche. Versuch es in einer Minute wieder.',
    other: 'Zu viele Versuche. Versuch es in {count} Minuten wieder.',
  },
  username_taken: 'Dieser Benutzername ist vergeben. Wähle einen anderen.',
  wrong_password: 'Das Passwort ist falsch.',
};
