/**
 * Hashing a password is dear on purpose, and tests register hundreds of users: theirs are hashed
 * with Argon2id's least parameters. A hash tells its own, so verifying needs no change.
 */
const hash = Bun.password.hash.bind(Bun.password);
Bun.password.hash = (password) =>
  hash(password, { algorithm: 'argon2id', memoryCost: 8, timeCost: 1 });
