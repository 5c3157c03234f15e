import type { Catalog } from '../../index';

export const encryption: Catalog['encryption'] = {
  encrypted: 'Verschlüsselt',
  encryptedMessage: 'Verschlüsselte Nachricht',
  isEncrypted: 'Dieser Chat ist Ende-zu-Ende-verschlüsselt',
  protects:
    'Was hier geschrieben und gesendet wird, können nur die Geräte der Mitglieder lesen. Dieser Server kann es nicht, und auch nicht, wer seine Datenbank kopiert.',
  protectsNot:
    'Wer mit wem schreibt, wann und wie viel, sieht der Server weiterhin. Und die App, die du hier benutzt, kommt von ihm: Du vertraust darauf, dass er dir die richtige schickt.',
  notEncrypted: 'Dieser Chat ist nicht Ende-zu-Ende-verschlüsselt',
  notEncryptedWhat:
    'Der Server speichert die Nachrichten so, dass er sie lesen kann: für die Suche auf allen deinen Geräten und für Mitteilungen mit Text.',
  groupStaysOpen:
    'Ein Chat bleibt, was er ist. Lege eine neue Gruppe an, um verschlüsselt zu schreiben.',
  startWith: 'Verschlüsselten Chat mit {name} beginnen',
  startEncrypted: 'Verschlüsselt chatten',
  switch: 'Ende-zu-Ende-verschlüsselt',
  switchHint: 'Nur die Geräte der Mitglieder können mitlesen. Das lässt sich später nicht ändern.',
  whoReads: 'Wer diesen Chat lesen kann',
  andYou: 'Und du, auf deinen eigenen Geräten.',
  later: 'Später',
  look: 'Ansehen',
  download: 'Herunterladen',
  print: 'Drucken',
  setUp: 'Verschlüsselung einrichten',
  setUpTitle: 'Verschlüsselte Chats',
  notSetUp:
    'Dieser Chat ist verschlüsselt. Richte die Verschlüsselung ein, um hier zu lesen und zu schreiben.',
  notReached:
    'Die Schlüssel deiner verschlüsselten Chats konnten nicht abgefragt werden. Sobald die Verbindung wieder da ist, wird es erneut versucht.',
  recoveryKey: 'Wiederherstellungsschlüssel',
  recoveryWhat:
    'Mit diesem Schlüssel kommst du wieder an deine verschlüsselten Chats, wenn du deine Geräte verlierst. Wer ihn und dein Konto hat, kann sie lesen.',
  recoveryOnce:
    'Er wird nur dieses eine Mal gezeigt. Schreib ihn auf oder lege ihn in einem Passwortmanager ab.',
  recoveryFile:
    'Wiederherstellungsschlüssel deiner verschlüsselten Chats. Bewahre ihn auf, wo ihn sonst niemand findet.',
  wroteDown: 'Ich habe ihn notiert',
  writeFirst: 'Notiere zuerst den Wiederherstellungsschlüssel: Er wird nicht noch einmal gezeigt.',
  showAgain: 'Noch einmal zeigen',
  checkTitle: 'Hast du ihn notiert?',
  checkWhat: 'Tippe diese beiden Gruppen deines Wiederherstellungsschlüssels ein.',
  checkWrong:
    'Das sind nicht die Gruppen deines Wiederherstellungsschlüssels. Sieh nach, was du notiert hast.',
  group: 'Gruppe {number}',
  cannotReadHere: 'Dieses Gerät kann deine verschlüsselten Chats noch nicht lesen.',
  letIn: 'Gerät freischalten',
  letInTitle: 'Dieses Gerät freischalten',
  isIn: 'Dieses Gerät kann deine verschlüsselten Chats jetzt lesen',
  byDevice: 'Anderes Gerät',
  byKey: 'Schlüssel',
  anew: 'Neu beginnen',
  anewWhy:
    'Wenn du alle deine Geräte und den Wiederherstellungsschlüssel verloren hast, kannst du mit neuen Schlüsseln von vorn beginnen.',
  anewDo: 'Neu beginnen …',
  codeHow:
    'Öffne auf einem Gerät, das deine verschlüsselten Chats liest, „Ein Gerät freischalten“ und tippe oder scanne dort diesen Code.',
  codeQr: 'Der Code zum Scannen mit deinem anderen Gerät',
  codeWaiting: 'Warte auf dein anderes Gerät. Der Code gilt zehn Minuten.',
  newCode: 'Neuer Code',
  keyHint:
    'Neun Gruppen aus vier Buchstaben und Ziffern. Bindestriche und Großschreibung sind egal.',
  useKey: 'Schlüssel verwenden',
  enterKey: 'Wiederherstellungsschlüssel eingeben',
  keyChangedElsewhere: 'Der Wiederherstellungsschlüssel wurde auf einem anderen Gerät geändert.',
  unlockWhy:
    'Gib den neuen Wiederherstellungsschlüssel ein, damit auch dieses Gerät deine Schlüssel weiter sichern kann.',
  deviceAsks: 'Ein neues Gerät möchte deine verschlüsselten Chats lesen: {name}',
  approveTitle: 'Ein Gerät freischalten',
  approveHow:
    'Tippe den Code ein, den das neue Gerät zeigt. Tu das nur, wenn es dein Gerät ist und du es vor dir siehst.',
  code: 'Code des neuen Geräts',
  scan: 'Code scannen',
  camera: 'Kamera',
  noCamera: 'Die Kamera lässt sich nicht benutzen. Tippe den Code stattdessen ein.',
  noCameraCompare: 'Die Kamera lässt sich nicht benutzen. Vergleicht stattdessen die Ziffern.',
  holdCode: 'Halte den Code des anderen Geräts vor die Kamera.',
  otherCode: 'Das ist ein anderer Code. Scanne den, den das andere Gerät dafür zeigt.',
  stopScan: 'Nicht mehr scannen',
  approve: 'Freischalten',
  refuse: 'Ablehnen',
  letDeviceIn: '{name} kann deine verschlüsselten Chats jetzt lesen',
  verifyTitle: 'Mit {name} vergleichen',
  verifyHow:
    'Triff {name} oder ruf an und vergleicht diese Ziffern, oder scannt gegenseitig den Code. Sind sie gleich, liest niemand mit.',
  safetyQr: 'Deine Sicherheitsnummer zum Scannen',
  match: 'Sie sind gleich',
  noMatch: 'Sind sie nicht',
  compare: 'Vergleichen',
  showNumber: 'Sicherheitsnummer zeigen',
  isVerified: '{name} ist bestätigt',
  unverify: 'Bestätigung zurücknehmen',
  accept: 'Neue Schlüssel annehmen',
  understood: 'OK',
  verifiedChanged:
    'Die Schlüssel von {name} haben sich geändert, obwohl du sie bestätigt hattest. Nichts wird gesendet, bis du sie neu vergleichst oder annimmst.',
  keysChanged:
    'Die Schlüssel von {name} haben sich geändert: Entweder war es ein Neubeginn, oder jemand gibt sich als {name} aus.',
  blockedTitle: 'Nicht gesendet: Schlüssel geändert',
  blockedWhat: 'Du hattest {name} bestätigt, und seitdem sind die Schlüssel andere geworden.',
  changedWhy:
    'Meist heißt das: ein Neubeginn auf einem anderen Gerät. Es kann aber auch heißen, dass sich jemand anderes ausgibt. Vergleicht neu, um sicher zu sein.',
  dontSend: 'Nicht senden',
  acceptAndSend: 'Annehmen und senden',
  trustUnknown: 'Hat die Verschlüsselung noch nicht eingerichtet.',
  trustUnverified: 'Noch nicht verglichen.',
  trustVerified: 'Bestätigt: Ihr habt die Schlüssel verglichen.',
  trustChanged: 'Die Schlüssel haben sich seit dem Vergleich geändert.',
  devicesCount: { one: '{count} Gerät.', other: '{count} Geräte.' },
  isOn: 'Deine verschlüsselten Chats sind auf diesem Gerät lesbar.',
  devices: 'Geräte, die deine verschlüsselten Chats lesen',
  devicesWhat: 'Entferne, was du nicht mehr benutzt oder nicht kennst.',
  unnamedDevice: 'Unbekanntes Gerät',
  thisDevice: 'Dieses Gerät',
  since: 'Seit {date}',
  lastSeen: 'Zuletzt benutzt {date}',
  removeDevice: 'Entfernen',
  removeTitle: '{name} entfernen',
  removeWhat:
    'Es liest nichts mehr, was ab jetzt geschrieben wird. Was es schon gelesen hat, bleibt dort. Wurde es gestohlen, beginne außerdem mit neuen Schlüsseln.',
  deviceRemoved: '{name} wurde entfernt',
  letAnotherIn: 'Ein Gerät freischalten …',
  renewTitle: 'Neuer Wiederherstellungsschlüssel',
  renewWhy:
    'Ein neuer Wiederherstellungsschlüssel ersetzt den bisherigen, der dann nichts mehr öffnet. Mach das, wenn du ihn verloren hast oder ihn jemand gesehen hat.',
  renewDo: 'Neuen Schlüssel erstellen',
  resetTitle: 'Mit neuen Schlüsseln beginnen',
  resetWhen:
    'Wenn alle deine Geräte und der Wiederherstellungsschlüssel weg sind oder ein Gerät gestohlen wurde.',
  resetWarning: 'Das lässt sich nicht rückgängig machen.',
  resetLost:
    'Was bisher in deinen verschlüsselten Chats geschrieben wurde, bleibt auf neuen Geräten verschlossen, außer dieses Gerät konnte es lesen.',
  resetDevices:
    'Alle deine anderen Geräte werden ausgesperrt und müssen neu freigeschaltet werden.',
  resetContacts:
    'Alle, mit denen du schreibst, erfahren, dass sich deine Schlüssel geändert haben. In Gruppen muss man dich vielleicht neu hereinlassen.',
  resetDo: 'Neu beginnen',
  strict:
    'Dieser Server ist streng: Er hat keinen Schlüssel von dir und ver- und entschlüsselt für niemanden etwas.',
  assisted:
    'Dieser Server verschlüsselt auch Texte für Skripte, mit einem Schlüssel, den er unter deinem Passwort für dich aufbewahrt. In verschlüsselten Chats öffnet dieser nichts.',
  closedHere: 'Dieses Gerät kann diese Nachricht noch nicht lesen',
  closedOff: 'Richte die Verschlüsselung ein, um diese Nachricht zu lesen',
  hits: 'In verschlüsselten Chats, auf diesem Gerät',
  noHits: 'Nichts gefunden in dem, was dieses Gerät gelesen hat',
  searchHere: 'Diesen verschlüsselten Chat durchsuchen',
  searchHereHint:
    'Der Server kann ihn nicht durchsuchen. Dieses Gerät durchsucht, was es gelesen hat.',
  signOut:
    'Die Schlüssel deiner verschlüsselten Chats werden aus diesem Browser entfernt. Um sie hier wieder zu lesen, brauchst du deinen Wiederherstellungsschlüssel oder ein anderes Gerät.',
  notLater: 'Nachrichten verschlüsselter Chats können nicht später gesendet werden.',
  notWithoutKeys: 'Nicht gesendet: Ohne Schlüssel lässt sich hier nichts verschlüsseln.',
  cannotUse:
    'Die Schlüssel auf diesem Gerät ließen sich nicht benutzen oder speichern. Versuch es noch einmal.',
  wrongCode: 'Dieser Code stimmt nicht oder gilt nicht mehr.',
  wrongKey:
    'Dieser Wiederherstellungsschlüssel öffnet deine Sicherung nicht. Prüfe, ob es der neueste ist.',
  mistypedKey: 'Der Wiederherstellungsschlüssel enthält einen Tippfehler.',
  weakBackup:
    'Deine Sicherung auf dem Server ist nicht gut genug geschützt, um geöffnet zu werden. Prüfe, ob es der richtige Server ist.',
  reasonMalformed: 'Diese Nachricht ist beschädigt und nicht lesbar',
  reasonNewer: 'Mit einer neueren Version der App geschrieben: Lade diese Seite neu',
  reasonAlgorithm: 'Auf eine Weise verschlüsselt, die hier nicht angenommen wird',
  reasonMisplaced:
    'Verborgen: Der Server zeigt diese Nachricht an einer Stelle, an die sie nicht gehört',
  reasonUnknownDevice:
    'Kann nicht gezeigt oder gesendet werden: Das Gerät ist unbekannt oder hat noch keine Schlüssel',
  reasonSignature: 'Verborgen: Das hat nicht unterschrieben, von wem es angeblich kommt',
  reasonNotMember: 'Verborgen: Wer das schrieb, gehörte nicht zu diesem Chat',
  reasonNotAllowed: 'Das wurde abgelehnt oder ist nicht erlaubt',
  reasonMissingKey:
    'Der Schlüssel zu dieser Nachricht ist noch nicht da. Es wird von selbst wieder versucht.',
  reasonUndecryptable: 'Das lässt sich mit den Schlüsseln hier nicht entschlüsseln',
  reasonReplayed: 'Verborgen: Diese Nachricht gab es schon und wird ein zweites Mal gezeigt',
  reasonOldKey: 'Verborgen: mit einem Schlüssel geschrieben, der nicht mehr benutzt werden durfte',
  reasonRollback: 'Der Server zeigt eine alte Geräteliste. Nach ihr wird nichts gesendet.',
  reasonForked: 'Der Server zeigt zwei verschiedene Gerätelisten. Nach ihnen wird nichts gesendet.',
  reasonLogBroken: 'Die Liste, wer zu diesem Chat gehört, geht nicht auf',
  reasonLogForked: 'Der Server zeigt zwei verschiedene Listen, wer zu diesem Chat gehört',
  reasonIdentity: 'Das stimmt nicht überein: Die Schlüssel sind andere als die hier bekannten',
};
