/**
 * Signs that turn a line around, or take no room: with them a name looks like another one, or like none.
 * What joins letters and emoji is none of these.
 */
const DECEIVING =
  /[\p{Cc}\u00ad\u061c\u115f\u1160\u180e\u200b\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb]/gu;
/** More marks above one another than any script has: they would cover what stands above. */
const TOWERS = /(\p{M}{4})\p{M}+/gu;

/** A name that somebody else chose, as it may stand among texts of the app. */
export const plainName = (name: string): string =>
  name.replace(DECEIVING, '').replace(TOWERS, '$1').trim();
