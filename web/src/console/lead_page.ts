// <heed-lead-page>: how much waits, how old it is, which clocks run out, what rings, which objections wait.
import { getAgreement, getAlarms, getAppeals, getProposals, getQueues, getSecondLooks, postAlarmsIdAcknowledgement, postAppealsIdDecision, postDecisionsIdGolden, postSecondLooksIdSettlement, type Alarm, type Proposed } from "heed-api";
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { fill, random_key } from "../shared/words.js";
import { base } from "../shared/style.js";
import { words_for, type Desk } from "./desk.js";
import type { Command } from "./keys.js";
import { alarm_list, type Place } from "./queue_page.js";
import { proposed_line } from "./second.js";
import { console_style } from "./style.js";
import { from_now, haste, moment, number, texts, word } from "./texts.js";

type View = TemplateResult | typeof nothing;
type Agreement = Awaited<ReturnType<typeof getAgreement>>;
type Differing = Awaited<ReturnType<typeof getSecondLooks>>["items"];
type Queues = Awaited<ReturnType<typeof getQueues>>["items"];
type Appeals = Awaited<ReturnType<typeof getAppeals>>["items"];

export class HeedLeadPage extends LitElement {
  static override properties = {
    queues: { state: true }, risk: { state: true }, alarms: { state: true }, appeals: { state: true }, proposals: { state: true }, agreement: { state: true }, differing: { state: true }, answering: { state: true }, fault: { state: true }, said: { state: true }, busy: { state: true }, now: { state: true },
  };
  static override styles = [
    base, console_style,
    css`
      :host {
        max-inline-size: 60rem;
        margin-inline: auto;
        padding: 1rem;
      }
      section {
        overflow-x: auto;
      }
    `,
  ];

  desk!: Desk;
  declare private queues?: Queues;
  declare private risk: Array<Place & { queue: string }>;
  declare private alarms: Alarm[];
  declare private appeals: Appeals;
  /** What waits for a second person: in no queue, and its clock runs. */
  declare private proposals: Proposed[];
  /** How far people agree, and where two differ. */
  declare private agreement?: Agreement;
  declare private differing: Differing;
  declare private answering: string;
  declare private fault: string;
  declare private said: string;
  declare private busy: boolean;
  declare private now: number;
  private clock?: ReturnType<typeof setInterval>;

  constructor() {
    super();
    this.risk = [];
    this.alarms = [];
    this.appeals = [];
    this.proposals = [];
    this.differing = [];
    this.answering = this.fault = this.said = "";
    this.busy = false;
    this.now = Date.now();
  }
  override connectedCallback(): void {
    super.connectedCallback();
    void this.read();
    this.clock = setInterval(() => void this.read(), 10_000);
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.clock);
  }

  private get rings(): boolean {
    return this.desk.reviews || this.desk.may("admin");
  }
  private get counts(): boolean {
    return this.desk.may("lead", "analyst", "admin");
  }

  private async read(): Promise<void> {
    this.now = Date.now();
    try {
      const http = this.desk.http, none = { items: [] };
      const [queues, alarms, appeals, proposed, agreement, differing] = await Promise.all([
        this.desk.reviews ? getQueues(http) : none,
        this.rings ? getAlarms(http, { limit: 100 }) : none,
        this.desk.decides ? getAppeals(http, { limit: 100 }) : none,
        this.desk.decides ? getProposals(http) : { items: [] },
        this.counts ? getAgreement(http) : undefined,
        this.desk.may("lead") ? getSecondLooks(http) : { items: [] },
      ]);
      this.agreement = agreement;
      this.differing = differing.items;
      const heads = await Promise.all(queues.items.map(async (one) => {
        const head = await this.desk.http.call<{ items: Place[] }>("GET", `/v1/queues/${encodeURIComponent(one.queue)}`, { query: { limit: 200 } });
        return head.items.map((place) => ({ ...place, queue: one.queue }));
      }));
      this.queues = queues.items;
      this.alarms = alarms.items;
      this.appeals = appeals.items;
      this.proposals = proposed.items.filter((one) => one.state === "waiting");
      this.risk = heads.flat().filter((place) => haste(place.deadline) !== "calm").sort((a, b) => Date.parse(a.deadline!) - Date.parse(b.deadline!));
      this.fault = "";
    } catch (error) {
      this.fault = words_for(error);
    }
  }

  commands(): Command[] {
    return [{ keys: ["a"], name: texts.key_acknowledge, does: () => this.alarms[0] && void this.acknowledge(this.alarms[0]), off: !this.alarms.length }];
  }
  private async acknowledge(alarm: Alarm): Promise<void> {
    try {
      await postAlarmsIdAcknowledgement(this.desk.http, alarm.alarm_id);
      this.said = texts.acknowledged;
      await this.read();
    } catch (error) {
      this.fault = words_for(error);
    }
  }

  private async ask(appeal: string): Promise<void> {
    this.answering = appeal;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("#reason")?.focus();
  }
  private async answer(event: Event): Promise<void> {
    event.preventDefault();
    const field = this.renderRoot.querySelector<HTMLTextAreaElement>("#reason")!, reason = field.value.trim();
    if (!reason) return field.focus();
    const outcome = this.renderRoot.querySelector<HTMLInputElement>("input[name=outcome]:checked")!.value as "upheld" | "reversed";
    this.busy = true;
    try {
      const golden = this.renderRoot.querySelector<HTMLInputElement>("#golden")?.checked && this.appeals.find((one) => one.appeal_id === this.answering)?.decision_id;
      await postAppealsIdDecision(this.desk.http, this.answering, { outcome, reason }, { key: random_key() });
      // As it stands now, with the same reason: others meet it among their second looks.
      if (golden) await postDecisionsIdGolden(this.desk.http, golden, { why: reason });
      this.answering = "";
      this.said = texts.appeal_answered;
      await this.read();
    } catch (error) {
      this.fault = words_for(error);
    } finally {
      this.busy = false;
    }
  }

  override render(): TemplateResult {
    const m = texts;
    return html`<h1 tabindex="-1">${m.lead_title}</h1>
      <div class=${this.fault ? "faults" : ""} role="alert">${this.fault}</div>
      <p class=${this.said ? "note" : "aside"} role="status">${this.said}</p>
      ${this.rings
        ? html`<section aria-labelledby="alarms">
            <h2 id="alarms">${fill(m.alarms, { n: this.alarms.length })}</h2>
            ${this.alarms.length ? alarm_list(this.alarms, (alarm) => this.acknowledge(alarm)) : html`<p class="quiet">${m.no_alarms}</p>`}
          </section>`
        : nothing}
      ${this.desk.reviews
        ? html`<section aria-labelledby="backlog" tabindex="0">
              <h2 id="backlog">${m.backlog}</h2>
              ${this.queues ? this.table(this.queues) : html`<p role="status">${m.loading}</p>`}
            </section>
            <section aria-labelledby="risk" tabindex="0">
              <h2 id="risk">${fill(m.at_risk, { n: number(this.risk.length) })}</h2>
              ${this.risk.length ? this.clocks() : html`<p class="quiet">${m.no_risk}</p>`}
            </section>`
        : nothing}
      ${this.desk.decides && this.proposals.length
        ? html`<section aria-labelledby="proposed"><h2 id="proposed">${fill(m.second_waits, { n: number(this.proposals.length) })}</h2>
            ${this.proposals.slice(0, 50).map((one) => html`<p>${proposed_line(one)}${one.deadline ? html` · <span class=${haste(one.deadline, this.now)}>${from_now(one.deadline, this.now)}</span>` : nothing} · <a href="#/case/${one.case_id}">${m.to_case}</a></p>`)}
          </section>`
        : nothing}
      ${this.desk.decides ? html`<section aria-labelledby="appeals"><h2 id="appeals">${fill(m.appeals, { n: number(this.appeals.length) })}</h2>${this.appeals.length ? this.objections() : html`<p class="quiet">${m.no_appeals}</p>`}</section>` : nothing}
      ${this.counts && this.agreement ? this.agreeing(this.agreement) : nothing}
      ${this.counts ? html`<heed-figures theme=${this.getAttribute("theme") ?? nothing} .desk=${this.desk}></heed-figures>` : nothing}`;
  }

  private agreeing(all: Agreement): TemplateResult {
    const m = texts, two = (value: number | null) => (value === null ? "–" : value.toFixed(2));
    const out = all.people?.filter((one) => one.stands_out) ?? [];
    return html`<section aria-labelledby="agreement" tabindex="0">
      <h2 id="agreement">${m.agreement}</h2>
      <p class="small quiet">${fill(m.agreement_text, { n: number(all.golden) })}</p>
      ${all.items.length
        ? html`<table>
            <thead><tr>${[m.clause, m.a_language, m.a_kind, m.a_posts, m.a_agreed, m.a_kappa, m.a_interval].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
            <tbody>${all.items.map((one) => html`<tr>
              <th scope="row">${one.clause}</th><td>${one.language || "–"}</td><td>${word("look", one.kind)}</td><td>${number(one.n)}</td>
              <td>${one.agreed === null ? "–" : `${Math.round(one.agreed * 100)} %`}</td>
              <td class=${one.alarm ? "late" : ""}>${two(one.kappa)}${one.alarm ? ` ${m.a_low}` : ""}</td><td>${one.low === null ? "–" : `${two(one.low)} – ${two(one.high)}`}</td>
            </tr>`)}</tbody>
          </table>`
        : html`<p class="quiet">${m.no_agreement}</p>`}
      ${out.map((one) => html`<p class="note">${fill(m.stands_out, { who: one.alias, n: number(one.looks), differed: number(one.differed) })}</p>`)}
      ${this.differing.length
        ? html`<h3>${fill(m.differing, { n: number(this.differing.length) })}</h3>
            ${this.differing.map((one) => html`<p class="row apart"><span>${fill(m.differing_one, { first: one.first, one: this.verdict(one.outcome, one.clause), second: one.second, other: this.verdict(one.answer, one.answer_clause) })} · <a href="#/case/${one.case_id}">${m.to_case}</a></span>
              <button type="button" @click=${() => this.settle(one.look_id)}>${m.differing_seen}</button></p>`)}`
        : nothing}
    </section>`;
  }
  private verdict(outcome: string, clause: string): string {
    return outcome === "violation" ? clause : texts.no_violation;
  }
  private async settle(look: string): Promise<void> {
    try {
      await postSecondLooksIdSettlement(this.desk.http, look);
      await this.read();
    } catch (error) {
      this.fault = words_for(error);
    }
  }

  private table(queues: Queues): TemplateResult {
    const m = texts, lanes = queues[0]?.lanes.map((lane) => lane.lane) ?? [];
    return html`<table>
      <thead><tr><th scope="col">${m.queue}</th>${lanes.map((lane) => html`<th scope="col">${word("lane", lane)}</th>`)}<th scope="col">${m.earliest}</th></tr></thead>
      <tbody>
        ${queues.map((one) => {
          const clocks = one.lanes.map((lane) => lane.deadline as string | null).filter((at): at is string => Boolean(at)).sort();
          return html`<tr>
            <th scope="row"><a href="#/queue/${one.queue}">${word("queue", one.queue)}</a></th>
            ${one.lanes.map((lane) => html`<td>${number(lane.cases)}${lane.more ? "+" : ""}</td>`)}
            <td class=${haste(clocks[0], this.now)}>${clocks[0] ? from_now(clocks[0], this.now) : "–"}</td>
          </tr>`;
        })}
      </tbody>
    </table>`;
  }

  private clocks(): TemplateResult {
    const m = texts;
    return html`<table>
      <thead><tr><th scope="col">${m.case}</th><th scope="col">${m.queue}</th><th scope="col">${m.lane}</th><th scope="col">${m.clock}</th></tr></thead>
      <tbody>
        ${this.risk.slice(0, 50).map(
          (place) => html`<tr>
            <td><a href="#/case/${place.case_id}">${fill(m.case_with, { n: number(place.items_open ?? place.free_items) })}</a></td>
            <td>${word("queue", place.queue)}</td>
            <td>${word("lane", place.lane)}</td>
            <td class=${haste(place.deadline, this.now)}>${from_now(place.deadline!, this.now)}</td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  private objections(): TemplateResult {
    const m = texts;
    return html`${this.appeals.map(
      (appeal) => html`<div class="card">
        <p class="row apart">
          <span>${appeal.by_reporter ? m.appeal_by_reporter : m.appeal_by_author} · ${moment(appeal.at)} · <a href="#/case/${appeal.case_id}">${m.to_case}</a></span>
          ${appeal.own_decision ? html`<span class="quiet">${m.own_decision}</span>` : html`<button type="button" @click=${() => this.ask(appeal.appeal_id)}>${m.answer}</button>`}
        </p>
        ${this.answering === appeal.appeal_id ? this.form() : nothing}
      </div>`,
    )}`;
  }
  private form(): View {
    const m = texts;
    return html`<form @submit=${this.answer}>
      <fieldset>
        <legend>${m.outcome}</legend>
        <label class="check"><input type="radio" name="outcome" value="upheld" checked />${m.appeal_upheld}</label>
        <label class="check"><input type="radio" name="outcome" value="reversed" />${m.appeal_reversed}</label>
      </fieldset>
      <label for="reason">${m.appeal_reason}</label>
      <textarea id="reason" rows="3" maxlength="5000"></textarea>
      ${this.desk.may("lead") ? html`<label class="check"><input type="checkbox" id="golden" />${m.golden_too}</label>` : nothing}
      <div class="buttons"><button class="main" ?disabled=${this.busy}>${m.answer}</button><button type="button" @click=${() => (this.answering = "")}>${m.cancel}</button></div>
    </form>`;
  }
}
