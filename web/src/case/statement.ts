// What an author reads: the statement of reasons with every field of Article 17 DSA, and where the account stands. Of
// reports it knows only that there was one.
import type { Notice } from "heed-api";
import { html, nothing, type TemplateResult } from "lit";
import type { Messages } from "./page.js";
import { fill } from "../shared/words.js";

interface Reasons {
  decision_id: string;
  decided_at: string;
  restrictions?: Array<{ kind: string; until?: string }>;
  ground: string;
  law?: string;
  clause?: { id: string; version: string; title: string; text: string };
  explanation?: string;
  facts?: string;
  source_type: string;
  automated_detection: boolean;
  automated_decision: string;
}
interface Data {
  decisions?: Reasons[];
  redress?: { until?: string; internal?: string; out_of_court_and_judicial?: string };
}
export interface Standing {
  has_ladder: boolean;
  text: string;
  strikes: number;
  whole_account: boolean;
  next_spent: string | null;
  step?: { text: string };
  items: Array<{ clause_title?: string; clause: string; at: string; strikes: number; overturned: boolean; spent_at: string | null }>;
}

const data_of = (notice: Notice) => ((notice.content as { data?: Data }).data ?? {}) as Data;

/** Until which day somebody who was told of this decision may object, as the notice says. */
export const statements_in = (notices: Notice[]): Notice[] => notices.filter((notice) => notice.kind === "statement_of_reasons" && data_of(notice).decisions?.length);

/** `about`: which of their posts a decision is about, as the list of the page calls it; asked where one statement is of several. */
export function statements(m: Messages, notices: Notice[], at: (time: string | null | undefined) => string, level: number, about: (decision_id: string) => string): TemplateResult | typeof nothing {
  const told = statements_in(notices);
  if (!told.length) return nothing;
  const words = m as unknown as Record<string, string>;
  const line = (name: string, what: unknown) => (what ? html`<dt>${name}</dt><dd dir="auto">${what}</dd>` : nothing);
  return html`${told.map((notice) => {
    const data = data_of(notice);
    return html`<section class="statement">
      <h3 aria-level=${level}>${m.statement}</h3>
      ${data.decisions!.map(
        (d) => html`${data.decisions!.length > 1 && about(d.decision_id) ? html`<h4 aria-level=${level + 1}>${about(d.decision_id)}</h4>` : nothing}<dl>
          ${line(m.s_when, at(d.decided_at))}
          ${line(
            m.s_restrictions,
            html`${(d.restrictions ?? []).map((r) => html`${words[`action_${r.kind}`] ?? r.kind}${r.kind === "warn" ? "" : ` (${r.until ? fill(m.relief_until, { time: at(r.until) }) : m.s_for_good})`} `)}`,
          )}
          ${line(m.s_territory, m.s_everywhere)}
          ${line(m.s_ground, d.ground === "law" ? fill(m.s_ground_law, { law: d.law ?? "" }) : m.s_ground_terms)}
          ${line(m.s_clause, d.clause ? html`<strong>${d.clause.title}</strong><br />${d.clause.text}` : "")} ${line(m.s_why, d.explanation)} ${line(m.s_facts, d.facts)}
          ${line(m.s_source, words[`source_${d.source_type}`] ?? words["source_user_notice"])}
          ${line(m.s_detection, d.automated_detection ? m.s_machine : m.s_person)}
          ${line(m.s_decision, d.automated_decision === "fully" ? m.s_machine : d.automated_decision === "partially" ? m.s_partly : m.s_person)}
        </dl>`,
      )}
      ${data.redress
        ? html`<p>${data.redress.until ? fill(m.appeal_until, { day: data.redress.until }) : nothing} ${data.redress.internal} ${data.redress.out_of_court_and_judicial}</p>`
        : nothing}
    </section>`;
  })}`;
}

export function standing(m: Messages, now: Standing | undefined, at: (time: string | null | undefined) => string, level: number): TemplateResult | typeof nothing {
  if (!now?.has_ladder) return nothing;
  return html`<h3 aria-level=${level}>${m.strikes}</h3>
    <p>${fill(now.whole_account ? m.strikes_now : m.strikes_here, { n: now.strikes })} ${now.next_spent ? fill(m.strikes_next, { time: at(now.next_spent) }) : nothing}</p>
    ${now.step ? html`<p>${now.step.text}</p>` : nothing}
    <ul>
      ${now.items.map(
        (item) => html`<li>
          ${at(item.at)}: ${item.clause_title ?? item.clause}.
          ${item.overturned ? m.strike_overturned : item.strikes === 0 ? m.strike_none : fill(m.strike_line, { n: item.strikes, time: at(item.spent_at) })}
        </li>`,
      )}
    </ul>
    <details><summary>${m.strikes_how}</summary><p>${now.text}</p></details>`;
}
