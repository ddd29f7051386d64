// <heed-second>: what waits in a case for a second person, and answers to what one has proposed oneself.
import {
  deleteProposalsId, getProposals, getProposalsId, postProposalsIdAcknowledgement, postProposalsIdConfirmation, postProposalsIdPreview, postProposalsIdReturn, type Proposed,
} from "heed-api";
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { base } from "../shared/style.js";
import { fill } from "../shared/words.js";
import { words_for, type Desk } from "./desk.js";
import type { Command } from "./keys.js";
import { plain } from "./post_row.js";
import { console_style } from "./style.js";
import { moment, number, texts, word } from "./texts.js";

type View = TemplateResult | typeof nothing;
type Whole = Awaited<ReturnType<typeof getProposalsId>>;
type Shown = Awaited<ReturnType<typeof postProposalsIdPreview>>;

/** "Reviewer K7 proposes: Targeted harassment, 3 posts." */
export const proposed_line = (one: Proposed): string =>
  fill(one.mine ? texts.proposed_by_you : texts.proposed_by, { who: one.by_alias, what: one.clause_title ?? one.clause ?? "", n: number(one.items), time: moment(one.at) });
/** What became of an own proposal. */
export const answered_line = (one: Proposed): string => fill(one.state === "confirmed" ? texts.proposal_confirmed : texts.proposal_returned, { who: one.answered_by_alias ?? "", time: moment(one.answered_at) });

export class HeedSecond extends LitElement {
  static override properties = {
    case: {}, list: { state: true }, whole: { state: true }, shown: { state: true }, returning: { state: true }, fault: { state: true }, said: { state: true }, busy: { state: true },
  };
  static override styles = [base, console_style];

  desk!: Desk;
  declare case: string;
  declare private list: Proposed[];
  declare private whole: ReadonlyMap<string, Whole>;
  declare private shown: ReadonlyMap<string, Shown>;
  /** The proposal whose note is being written. */
  declare private returning: string;
  declare private fault: string;
  declare private said: string;
  declare private busy: boolean;

  constructor() {
    super();
    this.case = this.returning = this.fault = this.said = "";
    this.list = [];
    this.whole = this.shown = new Map();
    this.busy = false;
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("case") || !this.case) return;
    this.list = [];
    this.said = this.fault = this.returning = "";
    void this.read();
  }
  /** Asked for again by the case whenever something happened in it. */
  async read(): Promise<void> {
    if (!this.desk.decides) return;
    const of = this.case;
    try {
      const list = (await getProposals(this.desk.http, { case_id: of })).items;
      const whole = new Map<string, Whole>(), shown = new Map<string, Shown>();
      for (const one of list) {
        whole.set(one.proposal_id, await getProposalsId(this.desk.http, one.proposal_id));
        if (one.may_answer) await postProposalsIdPreview(this.desk.http, one.proposal_id).then((preview) => shown.set(one.proposal_id, preview), () => undefined);
      }
      if (of !== this.case) return;
      this.list = list;
      this.whole = whole;
      this.shown = shown;
      this.dispatchEvent(new CustomEvent("known"));
    } catch (error) {
      this.fault = words_for(error);
    }
  }

  private get first(): Proposed | undefined {
    return this.list.find((one) => one.may_answer);
  }
  private get mine(): Proposed | undefined {
    return this.list.find((one) => one.mine && one.state === "waiting");
  }
  commands(): Command[] {
    const m = texts, first = this.first, mine = this.mine;
    return [
      { keys: ["y"], name: m.key_confirm, does: () => first && void this.confirm(first), off: !first || this.busy },
      { keys: ["t"], name: m.key_return, does: () => first && void this.begin_return(first), off: !first || this.busy },
      { keys: ["q"], name: m.key_take_back, does: () => mine && void this.take_back(mine), off: !mine || this.busy },
    ];
  }

  private changed_since(one: Proposed): boolean {
    return this.whole.get(one.proposal_id)?.verdicts.some((verdict) => verdict.changed_since) ?? false;
  }
  private async doing(said: string, work: () => Promise<unknown>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.fault = this.said = "";
    try {
      await work();
      this.returning = "";
      this.said = said;
      this.dispatchEvent(new CustomEvent("answered", { detail: said }));
    } catch (error) {
      this.fault = words_for(error);
    } finally {
      this.busy = false;
    }
    await this.read();
  }
  private confirm(one: Proposed): Promise<void> {
    // That a post was changed stands above the button, in words.
    return this.doing(texts.proposal_sent, () => postProposalsIdConfirmation(this.desk.http, one.proposal_id, this.changed_since(one) ? { despite_edits: true } : {}));
  }
  private async begin_return(one: Proposed): Promise<void> {
    this.returning = one.proposal_id;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("#return-note")?.focus();
  }
  private async give_back(event: Event): Promise<void> {
    event.preventDefault();
    const field = this.renderRoot.querySelector<HTMLTextAreaElement>("#return-note")!, note = field.value.trim();
    if (!note) return field.focus();
    await this.doing(texts.proposal_went_back, () => postProposalsIdReturn(this.desk.http, this.returning, { note }));
  }
  private take_back(one: Proposed): Promise<void> {
    return this.doing(texts.proposal_taken_back, () => deleteProposalsId(this.desk.http, one.proposal_id));
  }
  private seen(one: Proposed): Promise<void> {
    return this.doing("", () => postProposalsIdAcknowledgement(this.desk.http, one.proposal_id));
  }

  override render(): View {
    if (!this.list.length && !this.said && !this.fault) return nothing;
    return html`<section class="card" aria-labelledby="second">
      <h2 id="second">${texts.second_title}</h2>
      <div class=${this.fault ? "faults" : ""} role="alert">${this.fault}</div>
      <p class=${this.said ? "note" : "aside"} role="status">${this.said}</p>
      ${this.list.map((one) => this.one(one))}
    </section>`;
  }

  private one(one: Proposed): TemplateResult {
    const m = texts, whole = this.whole.get(one.proposal_id);
    if (one.state !== "waiting") {
      return html`<div data-proposal=${one.proposal_id}><p>${answered_line(one)}</p>
        ${whole?.answer ? html`<div class="theirs" dir="auto">${plain(whole.answer, Infinity)}</div>` : nothing}
        <div class="buttons"><button type="button" ?disabled=${this.busy} @click=${() => this.seen(one)}>${m.proposal_seen}</button></div></div>`;
    }
    return html`<div data-proposal=${one.proposal_id}>
      <p><strong>${proposed_line(one)}</strong></p>
      ${one.kind === "decision" ? nothing : html`<p class="small">${word("proposal_kind", one.kind)}</p>`}
      ${whole ? this.verdicts(whole) : nothing}
      ${whole?.note ? html`<p class="small">${m.proposal_note}</p><div class="theirs" dir="auto">${plain(whole.note, Infinity)}</div>` : nothing}
      ${this.changed_since(one) ? html`<p class="note">${m.proposal_changed}</p>` : nothing}
      ${this.letters(one)}
      <div class="buttons">
        ${one.may_answer
          ? html`<button type="button" class="main" ?disabled=${this.busy} @click=${() => this.confirm(one)}>${m.confirm}<kbd>y</kbd></button>
              <button type="button" ?disabled=${this.busy} @click=${() => this.begin_return(one)}>${m.return_it}<kbd>t</kbd></button>`
          : one.mine
            ? html`<button type="button" ?disabled=${this.busy} @click=${() => this.take_back(one)}>${m.take_back}<kbd>q</kbd></button>`
            : html`<p class="small quiet">${m.proposal_not_yours}</p>`}
      </div>
      ${this.returning === one.proposal_id
        ? html`<form @submit=${this.give_back}>
            <label for="return-note">${m.return_note}</label><textarea id="return-note" rows="3" maxlength="5000" required></textarea>
            <div class="buttons"><button class="main" ?disabled=${this.busy}>${m.return_it}</button><button type="button" @click=${() => (this.returning = "")}>${m.cancel}</button></div>
          </form>`
        : nothing}
    </div>`;
  }

  /** Alike verdicts once, with how many posts they are for. */
  private verdicts(whole: Whole): TemplateResult {
    const m = texts, groups = new Map<string, { verdict: Whole["verdicts"][number]; n: number }>();
    for (const verdict of whole.verdicts) {
      const key = JSON.stringify([verdict.outcome, verdict.clause, verdict.ground, verdict.actions, verdict.facts]);
      const known = groups.get(key);
      if (known) ++known.n;
      else groups.set(key, { verdict, n: 1 });
    }
    return html`${[...groups.values()].map(({ verdict, n }) => html`<p class="small">${fill(m.n_posts, { n: number(n) })}:
        ${verdict.outcome === "violation" ? `${m.violation}, ${verdict.clause_title ?? verdict.clause ?? ""}` : m.no_violation}${verdict.actions.length
          ? `: ${verdict.actions.map((action) => `${word("action", action.kind)}${action.until ? ` (${fill(m.proposal_until, { time: moment(action.until) })})` : ""}`).join(", ")}`
          : ""}</p>
      ${verdict.facts ? html`<div class="theirs" dir="auto">${plain(verdict.facts, Infinity)}</div>` : nothing}`)}`;
  }
  private letters(one: Proposed): View {
    const m = texts, shown = this.shown.get(one.proposal_id);
    if (!shown) return nothing;
    const letter = (told: Shown["to_authors"][number]) => html`<div class="told small" dir="auto" lang=${told.locale || nothing} tabindex="0" role="group" aria-label=${told.subject || m.what_they_read}><strong>${told.subject}</strong>
${told.text}</div>`;
    return html`<details><summary>${fill(m.letters, { n: number(shown.outcomes + shown.statements) })}</summary>
      <h3>${fill(m.to_reporters, { n: number(shown.outcomes) })}</h3>${shown.to_reporters.map(letter)}
      <h3>${fill(m.to_authors, { n: number(shown.statements) })}</h3>${shown.to_authors.map(letter)}
    </details>`;
  }
}
