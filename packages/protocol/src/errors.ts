import { z } from 'zod';
import { ERRORS } from './failure';

export { ConfabError, ERRORS } from './failure';
export type ErrorCode = keyof typeof ERRORS;

const codes = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];
export const ErrorCode = z
  .enum(codes)
  .describe('A stable word; programs decide by it')
  .meta({ id: 'ErrorCode', examples: ['not_found'] });

export const FieldError = z
  .object({
    path: z
      .string()
      .describe('Where in the request, dots between the parts')
      .meta({ examples: ['content'] }),
    message: z.string().meta({ examples: ['is missing'] }),
  })
  .meta({ id: 'FieldError' });
export type FieldError = z.infer<typeof FieldError>;

/** RFC 9457 problem details, with media type `application/problem+json`. */
export const Problem = z
  .object({
    type: z.string().meta({ examples: ['about:blank'] }),
    title: z.string().meta({ examples: ['Not found'] }),
    status: z
      .int()
      .describe('The HTTP status')
      .meta({ examples: [404] }),
    detail: z
      .string()
      .describe('What went wrong, for people')
      .meta({ examples: ['No such chat'] }),
    code: ErrorCode,
    request_id: z
      .string()
      .describe('Quote it when you ask the operator')
      .meta({ examples: ['0198c5b2-4e1f-7d3a-9a41-6f1b2c3d4e5f'] }),
    errors: z.array(FieldError).optional().describe('Each field at fault, on 422'),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
