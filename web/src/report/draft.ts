// What a person has answered so far, and the report that comes of it. No page in here.
import type { FlowField, FlowOption, ReportRequest } from "heed-api";

export interface Item {
  kind: "post" | "message" | "profile" | "account" | "media" | "url";
  id?: string;
  url?: string;
  /** What the page calls it; shown as text, never sent. */
  label?: string;
  snapshot?: { text: string; author?: string; created_at?: string };
}

export interface Evidence {
  text: string;
  link: string;
}

export interface Draft {
  items: Item[];
  symptoms: string[];
  /** Where a post differs: symptoms by its place in `items`, then in the links. */
  differing: Record<number, string[]>;
  about: string;
  group: string;
  extent: string;
  links: string;
  since: string; // "hour" | "day" | "week" | "moment"
  moment: string; // what <input type=datetime-local> holds
  except: string[];
  fears_for_safety: string;
  relief: string[];
  comment: string;
  evidence: Evidence[];
  claims: boolean;
  law: string;
  explanation: string;
  good_faith: boolean;
  name: string;
  mail: string;
}

export const empty_draft = (): Draft => ({
  items: [], symptoms: [], differing: {}, about: "", group: "", extent: "this", links: "", since: "", moment: "", except: [],
  fears_for_safety: "", relief: [], comment: "", evidence: [{ text: "", link: "" }], claims: false, law: "", explanation: "", good_faith: false,
  name: "", mail: "",
});

export interface Situation {
  guest: boolean;
  /** The account of the token: whose pile it may be. */
  me: string;
  now: number;
}

/** Is this asked of somebody who is in this situation and has answered so? */
export function is_asked(field: Pick<FlowField, "needs" | "when">, draft: Draft, at: Situation): boolean {
  return fits(field.needs, draft, at) && (!field.when || field.when.is.includes(String(draft[field.when.field as keyof Draft] ?? "")));
}

export function fits(needs: FlowOption["needs"], draft: Draft, at: Situation): boolean {
  switch (needs) {
    case "account":
      return !at.guest;
    case "no_account":
      return at.guest;
    case "account_and_me":
      return !at.guest && draft.about === "me" && at.me !== "";
    case "account_and_pile":
      return !at.guest && draft.about === "me" && draft.extent === "pile";
    default:
      return true;
  }
}

export const links_of = (draft: Draft): string[] =>
  draft.extent === "more" ? draft.links.split(/\s+/).filter((link) => /^https?:\/\/\S+\.\S/.test(link) || /^https?:\/\/localhost/.test(link)) : [];

export function since_of(draft: Draft, now: number): number | undefined {
  const hour = 3600_000;
  switch (draft.since) {
    case "hour":
      return now - hour;
    case "day":
      return now - 24 * hour;
    case "week":
      return now - 7 * 24 * hour;
    case "moment": {
      const at = new Date(draft.moment).getTime();
      return Number.isNaN(at) || at > now ? undefined : at;
    }
    default:
      return undefined;
  }
}

/** The text that says what is missing in this field, or "". */
export function missing_in(field: FlowField, draft: Draft, at: Situation, texts: Record<string, string>): string {
  const missing = field.missing ?? "";
  switch (field.kind) {
    case "choose_many":
    case "choose_one":
    case "yes_no":
      return field.required && String(draft[field.id as keyof Draft] ?? "") === "" ? missing : "";
    case "links":
      return links_of(draft).length === 0 ? missing : "";
    case "moment":
      return since_of(draft, at.now) === undefined ? missing : "";
    case "legal_claim":
      return draft.claims && !(draft.explanation.trim() && draft.good_faith) ? (texts["claim_missing"] ?? "") : "";
    case "contact":
      return /^[^\s@]+@[^\s@]+$/.test(draft.mail.trim()) || (draft.symptoms.includes("child_safety") && !draft.mail.trim()) ? "" : missing;
    default:
      return "";
  }
}

const time = (at: number): string => new Date(at).toISOString();

export function report_of(draft: Draft, at: Situation, channel: string, locale: string): ReportRequest {
  const items: NonNullable<ReportRequest["items"]> = [];
  const add = (item: Item, symptoms: string[] | undefined) => {
    const { label: _, ...sent } = item;
    items.push({ ...sent, symptoms: (symptoms?.length ? symptoms : draft.symptoms) as never });
  };
  draft.items.forEach((item, i) => add(item, draft.differing[i]));
  links_of(draft).forEach((url, i) => add({ kind: "url", url }, draft.differing[draft.items.length + i]));
  let comment = draft.comment.trim();
  for (const { text, link } of draft.evidence) {
    if (/^https?:\/\//.test(link.trim())) {
      add({ kind: "url", url: link.trim(), ...(text.trim() ? { snapshot: { text: text.trim() } } : {}) }, undefined);
    } else if (text.trim() || link.trim()) {
      comment = [comment, link.trim(), text.trim()].filter(Boolean).join("\n\n"); // without an address it is part of what she says
    }
  }
  const pile = draft.extent === "pile" && fits("account_and_me", draft, at) ? since_of(draft, at.now) : undefined;
  return {
    ...(at.guest && draft.mail.trim() ? { reporter: { ...(draft.name.trim() ? { name: draft.name.trim() } : {}), email: draft.mail.trim() } } : {}),
    ...(items.length ? { items } : {}),
    ...(pile !== undefined ? { pile: { target: at.me, since: time(pile), ...(draft.except.length ? { except: draft.except } : {}) } } : {}),
    about: draft.about as never,
    symptoms: draft.symptoms as never,
    ...(draft.about === "group" && draft.group ? { group: draft.group } : {}),
    ...(comment ? { comment } : {}),
    fears_for_safety: draft.fears_for_safety === "yes",
    ...(draft.claims ? { legal_claim: { ...(draft.law.trim() ? { law: draft.law.trim() } : {}), explanation: draft.explanation.trim(), good_faith: true } } : {}),
    ...(at.guest || draft.relief.length === 0 ? {} : { relief: draft.relief.filter((kind) => kind === "hide" || pile !== undefined) as never }),
    channel: channel as never,
    locale,
  };
}
