import { z } from 'zod';

export const DeleteAccount = z
  .object({
    password: z
      .string()
      .min(1)
      .max(128)
      .describe('To be sure that it is you')
      .meta({ examples: ['correct horse'] }),
  })
  .meta({ id: 'DeleteAccount' });
export type DeleteAccount = z.output<typeof DeleteAccount>;
