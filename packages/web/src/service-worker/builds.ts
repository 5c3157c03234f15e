/** How the caches are named that keep the files of a build each; the name of the build follows. */
export const BUILDS = 'confab-app-';

/** Where the page of a build is kept, whatever place in the app it is asked for. */
export const PAGE = '/app/';
