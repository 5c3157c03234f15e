import type { MarkedToken, Token, Tokens } from 'marked';
import type { ComponentChildren } from 'preact';
import { CodeBlock } from './code-block';
import { type IsMentioned, leadsWhereItSays } from './parts';
import { tokensOf } from './read-markdown';
import { PlainText, SafeLink, TextParts } from './text-parts';

export interface FormattedProps {
  text: string;
  isMentioned: IsMentioned;
}

/**
 * A text with its markdown. It never becomes HTML that would have to be cleaned: each kind of token
 * that is known here becomes an element that is named here, and all others are shown as typed.
 */
export function Formatted({ text, isMentioned }: FormattedProps) {
  const tokens = tokensOf(text);
  if (tokens === null) return <PlainText text={text} isMentioned={isMentioned} />;
  return <Many tokens={tokens} isMentioned={isMentioned} />;
}

interface Within {
  isMentioned: IsMentioned;
  /** There is no link within a link. */
  inLink?: boolean;
}

const Many = ({ tokens = [], ...within }: Within & { tokens: readonly Token[] | undefined }) => (
  <>
    {tokens.map((token, index) => (
      <One key={index} token={token as MarkedToken} {...within} />
    ))}
  </>
);

function One({ token, ...within }: Within & { token: MarkedToken }) {
  const { isMentioned, inLink = false } = within;
  const inside = (tokens: readonly Token[] | undefined): ComponentChildren => (
    <Many tokens={tokens} {...within} />
  );
  switch (token.type) {
    case 'paragraph':
      return <p dir="auto">{inside(token.tokens)}</p>;
    case 'text':
      if (token.tokens) return <>{inside(token.tokens)}</>;
      if (inLink) return <>{token.text}</>;
      return <TextParts text={token.text} isMentioned={isMentioned} />;
    case 'strong':
      return <strong>{inside(token.tokens)}</strong>;
    case 'em':
      return <em>{inside(token.tokens)}</em>;
    case 'del':
      return <del>{inside(token.tokens)}</del>;
    case 'codespan':
      return <code>{token.text}</code>;
    case 'code':
      return <CodeBlock text={token.text} language={token.lang ?? ''} />;
    case 'blockquote':
      return <blockquote>{inside(token.tokens)}</blockquote>;
    case 'heading':
      return <p class="text-heading">{inside(token.tokens)}</p>;
    case 'list':
      return <List list={token} isMentioned={isMentioned} />;
    case 'table':
      return <Table table={token} isMentioned={isMentioned} />;
    case 'link':
      if (!leadsWhereItSays(token.text, token.href)) {
        return <TextParts text={token.raw} isMentioned={isMentioned} />;
      }
      return (
        <SafeLink href={token.href} otherwise={token.raw}>
          <Many tokens={token.tokens} isMentioned={isMentioned} inLink />
        </SafeLink>
      );
    // Pictures elsewhere are not loaded: who sent the message would learn who reads it.
    case 'image':
      return (
        <SafeLink href={token.href} otherwise={token.raw}>
          {token.text || token.href}
        </SafeLink>
      );
    case 'checkbox':
      return <>{token.checked ? '☑ ' : '☐ '}</>;
    case 'br':
      return <br />;
    case 'hr':
      return <hr />;
    case 'escape':
      return <>{token.text}</>;
    case 'space':
      return null;
    default:
      return <>{token.raw}</>;
  }
}

function List({ list, isMentioned }: { list: Tokens.List; isMentioned: IsMentioned }) {
  const items = list.items.map((item, index) => (
    <li key={index}>
      <Many tokens={item.tokens} isMentioned={isMentioned} />
    </li>
  ));
  return list.ordered ? <ol start={Number(list.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function Table({ table, isMentioned }: { table: Tokens.Table; isMentioned: IsMentioned }) {
  const cell = ({ tokens }: Tokens.TableCell) => <Many tokens={tokens} isMentioned={isMentioned} />;
  return (
    <div class="text-table">
      <table>
        <thead>
          <tr>
            {table.header.map((one, index) => (
              <th key={index}>{cell(one)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            <tr key={index}>
              {row.map((one, column) => (
                <td key={column}>{cell(one)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
