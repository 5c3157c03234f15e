import type { ComponentChildren } from 'preact';
import { t } from '../../i18n';
import { type IsMentioned, partsOf, safeHref } from './parts';

interface TextPartsProps {
  text: string;
  isMentioned: IsMentioned;
}

/** Plain text with its links and mentions. */
export function TextParts({ text, isMentioned }: TextPartsProps) {
  return (
    <>
      {partsOf(text, isMentioned).map((part, index) => {
        if (part.kind === 'text') return part.text;
        if (part.kind === 'mention') return <Mention key={index} text={part.text} />;
        return (
          <SafeLink key={index} href={part.href}>
            {part.text}
          </SafeLink>
        );
      })}
    </>
  );
}

/** A text as it was typed. */
export const PlainText = (props: TextPartsProps) => (
  <p class="text-plain" dir="auto">
    <TextParts {...props} />
  </p>
);

const Mention = ({ text }: { text: string }) => <span class="mention">{text}</span>;

interface SafeLinkProps {
  href: string;
  /** What stands in its place if it may not be a link. */
  otherwise?: ComponentChildren;
  children: ComponentChildren;
}

/** A link to somewhere on the web, in a new tab; one within this app stays in this one. */
export function SafeLink({ href, otherwise, children }: SafeLinkProps) {
  const address = safeHref(href);
  if (address === undefined) return <>{otherwise ?? children}</>;
  if (address.startsWith(`${location.origin}/app/`)) return <a href={address}>{children}</a>;
  return (
    <a href={address} title={address} target="_blank" rel="noopener noreferrer">
      {children}
      <span class="unseen"> {t('conversation.newTab')}</span>
    </a>
  );
}
