// The console's words in the reader's language.
import de from "../../messages/console.de.json";
import en from "../../messages/console.en.json";

export type Texts = typeof en;
const kLanguages: Record<string, Texts> = { en, de };

const wanted = (navigator.language || "en").split("-")[0]!;
export const language = wanted in kLanguages ? wanted : "en";
export const texts: Texts = kLanguages[language]!;

/** The word for a value of the API, "lane.life"; the value itself when there is none. */
export const word = (group: string, value: string): string => (texts as Record<string, string>)[`${group}_${value}`] ?? value;

const kNumber = new Intl.NumberFormat(language);
export const number = (n: number): string => kNumber.format(n);

const kTime = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const kDay = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
/** Today's times as times, others with their day. */
export function moment(time: string | null | undefined): string {
  if (!time) return "";
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  return at.toDateString() === new Date().toDateString() ? kTime.format(at) : kDay.format(at);
}

const kRelative = new Intl.RelativeTimeFormat(language, { style: "long", numeric: "always" });
/** "in 12 minutes", "2 hours ago". */
export function from_now(time: string, now = Date.now()): string {
  const minutes = Math.round((Date.parse(time) - now) / 60_000);
  if (Math.abs(minutes) < 90) return kRelative.format(minutes, "minute");
  return Math.abs(minutes) < 48 * 60 ? kRelative.format(Math.round(minutes / 60), "hour") : kRelative.format(Math.round(minutes / 1440), "day");
}

export type Haste = "late" | "soon" | "calm";
/** How near a deadline is: over, within the hour, or further off. */
export function haste(time: string | null | undefined, now = Date.now()): Haste {
  if (!time) return "calm";
  const left = Date.parse(time) - now;
  return left < 0 ? "late" : left < 3600_000 ? "soon" : "calm";
}

const kDate = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" });
/** "20 Nov" of a day's beginning in UTC. */
export const day_of = (time: string): string => kDate.format(new Date(time));

/** "1:05 h" of so many milliseconds. */
export function span_of(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")} h`;
}
