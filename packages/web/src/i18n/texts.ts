/** A text with `{name}` where something is put in; or one for each plural form of `{count}`. */
export type Text =
  | string
  | {
      readonly one?: string;
      readonly few?: string;
      readonly many?: string;
      readonly other: string;
    };

export type Params = Readonly<Record<string, string | number>>;

/** Puts the parameters into a text. A name that is not given stays as it is written. */
export function fill(text: Text, params: Params, plural: (count: number) => string): string {
  const form = typeof text === 'string' ? text : formOf(text, plural(Number(params.count ?? 0)));
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => `${params[name] ?? whole}`);
}

const formOf = (text: Exclude<Text, string>, form: string): string =>
  text[form as keyof typeof text] ?? text.other;
