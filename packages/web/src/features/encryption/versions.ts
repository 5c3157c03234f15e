import { Versions } from '../../state/versions';

/** Of messages: one is rendered anew when it was opened. */
export const openedVersions = new Versions<number>();
/** Of users: how sure one can be of their keys. */
export const trustVersions = new Versions<number>();
