/** Text as it is compared in searches: one form of each character, no difference of case. */
export const fold = (text: string): string => text.normalize('NFKC').toLowerCase();
