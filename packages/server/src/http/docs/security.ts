/** What a page may load, besides its own scripts, styles and pictures. Nothing is the default. */
export interface PageNeeds {
  /** Whether it runs scripts at all. */
  scripts?: boolean;
  /** Styles that its scripts make. */
  inlineStyles?: boolean;
  /** Workers that its scripts make. */
  blobWorkers?: boolean;
}

/** Headers that keep a page to this server. */
export function pageHeaders(needs: PageNeeds = {}): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy(needs),
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
  };
}

function contentSecurityPolicy({ scripts, inlineStyles, blobWorkers }: PageNeeds): string {
  const policy = [
    "default-src 'none'",
    `style-src 'self'${inlineStyles ? " 'unsafe-inline'" : ''}`,
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  if (scripts) policy.push("script-src 'self'", "connect-src 'self'");
  if (blobWorkers) policy.push('worker-src blob:');
  return policy.join('; ');
}
