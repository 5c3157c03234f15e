export const HELP = `Looks after a Confab server.

Usage: npm run admin -- <command> [options]

Accounts
  users list [--search TEXT] [--state active|deactivated|erased] [--limit N]
                                 the accounts; TEXT is the beginning of a name or an address
  user show <username>           one account
  promote <username>             make somebody an administrator
  demote <username>              make them an ordinary user again
  deactivate <username>          sign them out everywhere and keep them out
  reactivate <username>          let them in again
  reset-password <username>      give them a new password, which is printed, and sign them out
      --password-stdin           take the new password from standard input instead
  sessions list <username>       where they are signed in
  sessions close <username>      sign them out everywhere

Reports
  reports list [--state open|resolved] [--limit N]
  reports close <number> [--note TEXT]

The server
  retention show                 how long messages are kept
  retention set <days|off>       erase messages that are older; off keeps them for ever
  audit-log [--limit N]          what administrators did, the newest first
  why-no-push <username>         what keeps push notifications from somebody

Options
  --json                         print JSON, for programs
  --help                         this text

Run it on the server's machine, as the server's user, with the same settings (STORAGE_DIR,
DATABASE_URL). While the server runs it does what is asked, so that everybody
is told at once; when it does not run, the database is opened and changed directly.

Exit codes: 0 done, 1 it could not be done, 2 called wrongly.
`;
