import type { ColumnDefinitionBuilder, Kysely } from 'kysely';

type Column = ColumnDefinitionBuilder;

const needed = (column: Column) => column.notNull();
const ofUser = (column: Column) => needed(column).references('users.id').onDelete('cascade');
const ofChat = (column: Column) => needed(column).references('chats.id').onDelete('cascade');

/** Devices and their lists, approvals, account keys, backups; epochs and logs of encrypted chats. */
export const encryptionMigration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await extendChats(db);
    await createDevices(db);
    await createApprovals(db);
    await createAccountKeys(db);
    await createBackups(db);
    await createEpochs(db);
    await createMembershipLog(db);
  },
};

async function extendChats(db: Kysely<unknown>) {
  await db.schema
    .alterTable('chats')
    .addColumn('epoch', 'bigint', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .alterTable('chats')
    .addColumn('epoch_stale', 'smallint', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('messages').addColumn('envelope', 'text').execute();
}

async function createDevices(db: Kysely<unknown>) {
  await db.schema
    .createTable('device_lists')
    .addColumn('user_id', 'bigint', ofUser)
    .addColumn('version', 'bigint', needed)
    .addColumn('text', 'text', needed)
    .addColumn('signature', 'text', needed)
    .addColumn('identity_key', 'text', needed)
    .addColumn('created_at', 'bigint', needed)
    .addPrimaryKeyConstraint('device_lists_pk', ['user_id', 'version'])
    .execute();
  await db.schema
    .createTable('encryption_devices')
    .addColumn('user_id', 'bigint', ofUser)
    .addColumn('device_id', 'text', needed)
    .addColumn('name', 'text', needed)
    .addColumn('public_key', 'text', needed)
    .addColumn('signing_key', 'text', needed)
    .addColumn('key_id', 'text', needed)
    .addColumn('session_id', 'bigint')
    .addColumn('created_at', 'bigint', needed)
    .addPrimaryKeyConstraint('encryption_devices_pk', ['user_id', 'device_id'])
    .execute();
}

async function createApprovals(db: Kysely<unknown>) {
  await db.schema
    .createTable('device_approvals')
    .addColumn('user_id', 'bigint', ofUser)
    .addColumn('device_id', 'text', needed)
    .addColumn('name', 'text', needed)
    .addColumn('public_key', 'text', needed)
    .addColumn('signing_key', 'text', needed)
    .addColumn('key_id', 'text', needed)
    .addColumn('mac', 'text', needed)
    .addColumn('state', 'text', needed)
    .addColumn('grant_jwe', 'text')
    .addColumn('grant_mac', 'text')
    .addColumn('session_id', 'bigint', needed)
    .addColumn('created_at', 'bigint', needed)
    .addColumn('expires_at', 'bigint', needed)
    .addPrimaryKeyConstraint('device_approvals_pk', ['user_id', 'device_id'])
    .execute();
}

async function createAccountKeys(db: Kysely<unknown>) {
  await db.schema
    .createTable('account_keys')
    .addColumn('user_id', 'bigint', (c) =>
      c.primaryKey().notNull().references('users.id').onDelete('cascade'),
    )
    .addColumn('version', 'bigint', needed)
    .addColumn('public_key', 'text')
    .addColumn('key_id', 'text')
    .addColumn('custody', 'text')
    .addColumn('salt', 'text')
    .addColumn('sealed', 'text')
    .addColumn('created_at', 'bigint', needed)
    .execute();
}

async function createBackups(db: Kysely<unknown>) {
  await db.schema
    .createTable('key_backups')
    .addColumn('user_id', 'bigint', (c) =>
      c.primaryKey().notNull().references('users.id').onDelete('cascade'),
    )
    .addColumn('version', 'bigint', needed)
    .addColumn('head', 'text', needed)
    .addColumn('c', 'text', needed)
    .addColumn('updated_at', 'bigint', needed)
    .execute();
}

/** What all devices get of an epoch is one row; the key wrapped to each of them is one more. */
async function createEpochs(db: Kysely<unknown>) {
  await db.schema
    .createTable('chat_epochs')
    .addColumn('chat_id', 'bigint', ofChat)
    .addColumn('epoch', 'bigint', needed)
    .addColumn('jwe', 'text', needed)
    .addColumn('sig', 'text', needed)
    .addColumn('created_at', 'bigint', needed)
    .addPrimaryKeyConstraint('chat_epochs_pk', ['chat_id', 'epoch'])
    .execute();
  await db.schema
    .createTable('epoch_slices')
    .addColumn('chat_id', 'bigint', ofChat)
    .addColumn('epoch', 'bigint', needed)
    .addColumn('user_id', 'bigint', needed)
    .addColumn('device_id', 'text', needed)
    .addColumn('key_id', 'text', needed)
    .addColumn('encrypted_key', 'text', needed)
    .addPrimaryKeyConstraint('epoch_slices_pk', ['user_id', 'device_id', 'chat_id', 'epoch'])
    .execute();
  await db.schema
    .createIndex('epoch_slices_chat')
    .on('epoch_slices')
    .columns(['chat_id', 'epoch'])
    .execute();
}

async function createMembershipLog(db: Kysely<unknown>) {
  await db.schema
    .createTable('membership_log')
    .addColumn('chat_id', 'bigint', ofChat)
    .addColumn('n', 'bigint', needed)
    .addColumn('entry', 'text', needed)
    .addColumn('sig', 'text', needed)
    .addColumn('created_at', 'bigint', needed)
    .addPrimaryKeyConstraint('membership_log_pk', ['chat_id', 'n'])
    .execute();
}
