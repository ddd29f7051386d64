// What happened in a case, from its ledger, in words.
import type { Item, TimelineEvent } from "heed-api";
import { html, nothing, type TemplateResult } from "lit";
import { fill } from "../shared/words.js";
import { plain } from "./post_row.js";
import { moment, number, texts, word } from "./texts.js";

type Loose = Record<string, unknown>;
const text_of = (value: unknown): string => (typeof value === "string" ? value : "");

export interface Said {
  at: string;
  /** Number of the party who wrote, or who was written to. */
  party: number;
  /** The pseudonym under which staff wrote; "" when the party did. */
  as: string;
  text: string;
  fears: boolean;
}

/** What parties wrote and were written, oldest first; no name, for they have none here. */
export function reporters_words(events: TimelineEvent[]): Said[] {
  const out: Said[] = [];
  for (const event of events) {
    const said = (event.said ?? {}) as Loose, fields = event.fields as Loose;
    const party = Number(fields["party"] ?? 0), as = text_of(fields["staff"]) ? text_of(fields["as"]) : "", fears = fields["fears"] === true;
    const words = () => Object.values(said).map(text_of).find(Boolean) ?? "";
    let text = "";
    switch (event.kind) {
      case "report_received":
      case "report_repeated":
        text = text_of((said["r"] as Loose | undefined)?.["comment"]);
        break;
      case "note_added":
      case "question_asked":
        if (party > 0) text = words();
        break;
      case "appeal_filed":
        text = words();
        if (text) text = `${texts.appeal_says} ${text}`;
        break;
    }
    if (text || fears) out.push({ at: event.at, party, as, text, fears });
  }
  return out;
}

function line(event: TimelineEvent, me: string): TemplateResult {
  const fields = event.fields as Loose, said = (event.said ?? {}) as Loose;
  const items = Array.isArray(fields["items"]) ? fields["items"].length : 0;
  const staff = text_of(fields["staff"]);
  const who = staff ? (staff === me ? texts.by_you : texts.by_colleague) : "";
  const words = event.kind === "report_received" || event.kind === "report_repeated" ? [] : Object.values(said).map(text_of).filter(Boolean);
  return html`<li>
    ${moment(event.at)} · ${word("event", event.kind)}${items ? ` · ${fill(texts.n_posts, { n: number(items) })}` : nothing}${who ? ` · ${who}` : nothing}
    ${words.map((text) => html`<div class="theirs" dir="auto">${plain(text, Infinity)}</div>`)}
  </li>`;
}

export function history(events: TimelineEvent[], me: string): TemplateResult {
  // The newest are asked for first; a pile's thousand joinings are not.
  const shown = events.slice(-200);
  return html`<ul class="small">
    ${events.length > shown.length ? html`<li>${fill(texts.older_events, { n: number(events.length - shown.length) })}</li>` : nothing}
    ${shown.map((event) => line(event, me))}
  </ul>`;
}

/** The items after what colleagues have just done; the same array when nothing of it concerns them. */
export function after(items: Item[], events: TimelineEvent[], mine: string): Item[] {
  const patches = new Map<string, Partial<Item>>();
  for (const event of events) {
    const fields = event.fields as Loose, list = Array.isArray(fields["items"]) ? (fields["items"] as unknown[]) : [];
    if (event.kind === "claimed") {
      for (const id of list) patches.set(text_of(id), { claim_id: text_of(fields["claim"]) });
    } else if (event.kind === "claim_ended") {
      for (const item of items) if (item.claim_id === fields["claim"] && item.claim_id !== mine) patches.set(item.item_id, { claim_id: undefined });
    } else if (event.kind === "decision_proposed" && fields["proposes"] === "decision") {
      for (const one of list as Loose[]) patches.set(text_of(one["item"]), { claim_id: undefined, proposal_id: text_of(fields["proposal"]) });
    } else if (event.kind === "proposal_answered") {
      for (const item of items) if (item.proposal_id === fields["proposal"]) patches.set(item.item_id, { proposal_id: undefined });
    } else if (event.kind === "decided") {
      for (const one of list as Loose[]) {
        const outcome = text_of(one["outcome"]) as "violation" | "no_violation";
        const decision = { decision_id: text_of(one["decision"]), outcome, at: event.at, clause: text_of(one["clause"]), ground: "terms" as const, by_machine: false, reversed: false };
        patches.set(text_of(one["item"]), { state: "decided", claim_id: undefined, proposal_id: undefined, decision });
      }
    }
  }
  if (!items.some((item) => patches.has(item.item_id))) return items;
  return items.map((item) => {
    const patch = patches.get(item.item_id);
    return patch && !(patch.decision && item.decision) ? { ...item, ...patch } : item;
  });
}
