/** How the process that draws a page ends, so that its parent can tell a bad file from a bad page. */
export const PAGE_ENDINGS = { drawn: 0, failed: 1, unreadable: 3 } as const;
