export { COMMAND_LINE, type Operator } from './operator';
export { type NameRow, reference } from './reference';
export { AuditLog } from './repository';
export { notAdmin } from './writes';
