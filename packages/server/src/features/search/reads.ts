import { findMessages } from './find';

export const searchReads = [findMessages];
