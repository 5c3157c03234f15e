/**
 * What has no place in the name of a file: controls of all kinds, what turns the direction of writing
 * (`cod.exe` that reads `exe.doc`), and what cannot be seen. Some scripts need joiners.
 */
export const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu;
