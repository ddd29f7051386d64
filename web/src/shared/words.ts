/** "{n} of {of}" with what stands for the names in it. */
export const fill = (text: string | undefined, values: Record<string, string | number> = {}): string =>
  (text ?? "").replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));

/** Words of somebody as they may stand inside a sentence of ours: what would turn the direction of its neighbours is gone,
 *  and letters that run the other way stay among themselves. */
export const isolated = (text: string): string => {
  const plain = text.replace(/[\u202A-\u202E\u2066-\u2069]/g, "");
  return /[^\u0000-\u024F]/.test(plain) ? `\u2068${plain}\u2069` : plain;
};

/** Names of countries in this language; the code where it is not known. */
export function country_name(code: string, locale: string): string {
  try {
    return new Intl.DisplayNames([locale], { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}

export const when = (time: string, locale: string): string => {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? time : new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" }).format(at);
};

export const random_key = (): string => Array.from(crypto.getRandomValues(new Uint8Array(18)), (b) => b.toString(16).padStart(2, "0")).join("");

/** The subject of a user's token, to know whose pile it may be; the server alone decides what the token is worth. */
export function subject_of(token: string): string {
  try {
    const part = token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/");
    const json = new TextDecoder().decode(Uint8Array.from(atob(part), (c) => c.charCodeAt(0)));
    return String(JSON.parse(json).sub ?? "");
  } catch {
    return "";
  }
}
