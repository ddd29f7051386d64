// <heed-queue-page>: what waits, in the order of harm, with the reason for each place; live.
import {
  getAlarms, getClaims, getHandovers, getProposals, postAlarmsIdAcknowledgement, postHandoversIdAcknowledgement, postHandoversIdReturn, postProposalsIdAcknowledgement, postQueuesNameClaims, type Alarm, type Claim, type Handover, type Proposed,
} from "heed-api";
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { fill, random_key } from "../shared/words.js";
import { base } from "../shared/style.js";
import { claim_next, nothing_for } from "./claiming.js";
import { listen, words_for, type Desk } from "./desk.js";
import type { Command } from "./keys.js";
import { answered_line, proposed_line } from "./second.js";
import type { Shift } from "./shift.js";
import { console_style } from "./style.js";
import { in_view, is_everything, kEverything, kViewsMax, type KeptView, type QueueView } from "./views.js";
import { from_now, haste, moment, number, texts, word } from "./texts.js";

export interface Place {
  case_id: string;
  item_id?: string;
  lane: string;
  severity: number;
  deadline: string | null;
  free_items: number;
  kind?: string;
  opened_at?: string | null;
  items_open?: number;
  looked_at?: boolean;
}

export class HeedQueuePage extends LitElement {
  static override properties = {
    queue: {}, places: { state: true }, claims: { state: true }, alarms: { state: true }, offers: { state: true }, proposals: { state: true }, returning: { state: true }, view: { state: true }, naming: { state: true }, current: { state: true }, fault: { state: true }, said: { state: true }, busy: { state: true }, now: { state: true },
  };
  static override styles = [
    base, console_style,
    css`
      :host {
        max-inline-size: 60rem;
        margin-inline: auto;
        padding: 1rem;
      }
      ol {
        list-style: none;
        padding: 0;
      }
      li.place {
        border: 1px solid var(--line);
        border-inline-start-width: 6px;
        border-radius: 0.5rem;
        padding: 0.625rem 0.75rem;
        margin-block-end: 0.5rem;
      }
      li.life {
        border-inline-start-color: var(--alarm);
      }
      li.fear {
        border-inline-start-color: var(--accent);
      }
    `,
  ];

  desk!: Desk;
  shift!: Shift;
  declare queue: string;
  declare private places?: Place[];
  declare private claims: Claim[];
  declare private alarms: Alarm[];
  /** What colleagues offer. */
  declare private offers: Handover[];
  /** What waits for a second person, and answers to own proposals. */
  declare private proposals: Proposed[];
  declare private returning: string;
  /** What of the queue is shown. */
  declare private view: QueueView;
  declare private naming: boolean;
  declare private current: number;
  declare private fault: string;
  declare private said: string;
  declare private busy: boolean;
  declare private now: number;
  private closing?: AbortController;
  private clock?: ReturnType<typeof setInterval>;

  constructor() {
    super();
    this.queue = "default";
    this.claims = [];
    this.alarms = [];
    this.offers = [];
    this.proposals = [];
    this.returning = "";
    this.view = kEverything;
    this.naming = false;
    this.current = 0;
    this.fault = this.said = "";
    this.busy = false;
    this.now = Date.now();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.clock = setInterval(() => {
      this.now = Date.now();
      void this.read_around();
    }, 15_000);
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.closing?.abort();
    clearInterval(this.clock);
  }
  override updated(changed: Map<string, unknown>): void {
    if (changed.has("queue")) this.follow();
  }

  private follow(): void {
    this.closing?.abort();
    this.closing = new AbortController();
    this.places = undefined;
    this.view = kEverything;
    this.current = 0;
    void this.read_around();
    void listen(this.desk.http, `/v1/queues/${encodeURIComponent(this.queue)}`, (kind, data) => {
      if (kind === "head") this.places = (JSON.parse(data) as { items: Place[] }).items;
      this.now = Date.now();
    }, this.closing.signal);
  }
  private async read_around(): Promise<void> {
    try {
      const proposals = this.desk.decides ? getProposals(this.desk.http) : { items: [] };
      const [claims, alarms, offers, proposed] = await Promise.all([getClaims(this.desk.http), getAlarms(this.desk.http, { limit: 50 }), getHandovers(this.desk.http), proposals]);
      this.proposals = proposed.items;
      this.offers = offers.items;
      this.claims = claims.items;
      this.alarms = alarms.items;
      if (this.fault) this.fault = "";
    } catch (error) {
      this.fault = words_for(error);
    }
  }

  commands(): Command[] {
    const m = texts, places = this.seen ?? [];
    return [
      { keys: ["c"], name: m.key_claim, does: () => void this.claim(), off: !this.desk.reviews },
      { keys: ["j", "ArrowDown"], name: m.key_down, does: () => this.move(1), off: places.length < 2 },
      { keys: ["k", "ArrowUp"], name: m.key_up, does: () => this.move(-1), off: places.length < 2 },
      { keys: ["Enter", "o"], name: m.key_claim_this, does: () => places[this.current] && void this.claim(places[this.current]!.case_id), off: !places.length },
      { keys: ["g"], name: m.key_go_on, does: () => this.claims[0] && this.open(this.claims[0]), off: !this.claims.length },
      { keys: ["s"], name: m.key_second, does: () => this.second && (location.hash = `#/case/${this.second.case_id}`), off: !this.second },
      { keys: ["a"], name: m.key_acknowledge, does: () => this.alarms[0] && void this.acknowledge(this.alarms[0]), off: !this.alarms.length },
    ];
  }
  private async move(by: number): Promise<void> {
    this.current = Math.max(0, Math.min((this.seen?.length ?? 1) - 1, this.current + by));
    await this.updateComplete;
    this.renderRoot.querySelectorAll<HTMLElement>("li.place button")[this.current]?.focus();
  }

  private open(claim: Claim): void {
    location.hash = `#/case/${claim.case_id}/${claim.claim_id}`;
  }
  private async claim(case_id?: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.fault = this.said = "";
    try {
      const claim = case_id ? await postQueuesNameClaims(this.desk.http, this.queue, { case_id }, { key: random_key() }) : await claim_next(this.desk.http, this.queue, this.shift);
      if (claim) this.open(claim);
      else this.said = nothing_for(this.shift);
    } catch (error) {
      this.fault = words_for(error);
    } finally {
      this.busy = false;
    }
  }
  private async acknowledge(alarm: Alarm): Promise<void> {
    try {
      await postAlarmsIdAcknowledgement(this.desk.http, alarm.alarm_id);
      this.said = texts.acknowledged;
      await this.read_around();
    } catch (error) {
      this.fault = words_for(error);
    }
  }

  private async take_over(offer: Handover): Promise<void> {
    try {
      await postHandoversIdAcknowledgement(this.desk.http, offer.handover_id, {});
      this.said = texts.handover_taken;
      location.hash = `#/case/${offer.case_id}`;
    } catch (error) {
      this.fault = words_for(error);
    }
  }
  private async give_back(event: Event): Promise<void> {
    event.preventDefault();
    const field = this.renderRoot.querySelector<HTMLInputElement>("#why")!, reason = field.value.trim();
    if (!reason) return field.focus();
    try {
      await postHandoversIdReturn(this.desk.http, this.returning, { reason });
      this.returning = "";
      await this.read_around();
      this.said = texts.handover_returned;
    } catch (error) {
      this.fault = words_for(error);
    }
  }
  private offered(): TemplateResult {
    const m = texts;
    return html`<section class="card" aria-labelledby="offers">
      <h2 id="offers">${fill(m.handovers, { n: this.offers.length })}</h2>
      ${this.offers.map((offer) => html`<p class="row"><a href="#/case/${offer.case_id}">${m.to_case}</a><span class="quiet">${moment(offer.at)}</span>
          <button type="button" @click=${() => this.take_over(offer)}>${m.handover_take}</button>
          <button type="button" class="plain" @click=${() => (this.returning = offer.handover_id)}>${m.handover_return}</button></p>
        ${this.returning === offer.handover_id
          ? html`<form @submit=${this.give_back}><label for="why">${m.handover_return_reason}</label><input id="why" type="text" maxlength="5000" />
              <div class="buttons"><button class="main">${m.handover_return}</button><button type="button" @click=${() => (this.returning = "")}>${m.cancel}</button></div></form>`
          : nothing}`)}
    </section>`;
  }

  /** What this person could confirm or return, longest waiting first. */
  private get second(): Proposed | undefined {
    return this.proposals.find((one) => one.may_answer);
  }
  private async saw_answer(one: Proposed): Promise<void> {
    try {
      await postProposalsIdAcknowledgement(this.desk.http, one.proposal_id);
      await this.read_around();
    } catch (error) {
      this.fault = words_for(error);
    }
  }
  private proposed(): TemplateResult {
    const m = texts, waiting = this.proposals.filter((one) => one.state === "waiting"), first = this.second;
    return html`<section class="card" aria-labelledby="proposed">
      <h2 id="proposed">${fill(m.second_waits, { n: number(waiting.length) })}</h2>
      ${waiting.map((one) => html`<p class="row apart"><span>${proposed_line(one)}${one.deadline ? html` · <span class=${haste(one.deadline, this.now)}>${fill(m.decide_by, { when: from_now(one.deadline, this.now), time: moment(one.deadline) })}</span>` : nothing}</span>
        <a class="button" href="#/case/${one.case_id}">${one.may_answer ? m.look_and_answer : m.to_case}${one === first ? html`<kbd>s</kbd>` : nothing}</a></p>`)}
      ${this.proposals.filter((one) => one.state !== "waiting").map((one) => html`<p class="row apart"><span>${answered_line(one)} <a href="#/case/${one.case_id}">${m.to_case}</a></span>
        <button type="button" @click=${() => this.saw_answer(one)}>${m.proposal_seen}</button></p>`)}
    </section>`;
  }

  /** The places of the view, in the queue's order. */
  private get seen(): Place[] | undefined {
    return is_everything(this.view) ? this.places : this.places?.filter((place) => in_view(this.view, place, this.now));
  }
  private look(change: Partial<QueueView>): void {
    this.view = { ...this.view, ...change };
    this.current = 0;
  }
  private keep_view(event: Event): void {
    event.preventDefault();
    const field = this.renderRoot.querySelector<HTMLInputElement>("#view-name")!, name = field.value.trim();
    if (!name) return field.focus();
    const { views } = this.shift.choices;
    this.shift.choices.views = [...views.filter((one) => one.name !== name), { ...this.view, name, queue: this.queue }].slice(-kViewsMax);
    this.shift.keep();
    this.naming = false;
  }
  private drop_view(view: KeptView): void {
    this.shift.choices.views = this.shift.choices.views.filter((one) => one !== view);
    this.shift.keep();
    this.requestUpdate();
  }
  private views(): TemplateResult {
    const m = texts, view = this.view, mine = this.shift.choices.views.filter((one) => one.queue === this.queue);
    const value = (event: Event) => (event.target as HTMLSelectElement).value;
    return html`<details ?open=${!is_everything(view)}>
      <summary>${is_everything(view) ? m.view : m.view_narrow}</summary>
      <div class="row">
        <span><label for="lane">${m.lane}</label><select id="lane" @change=${(event: Event) => this.look({ lane: value(event) as QueueView["lane"] })}>${["", "life", "fear", "rest"].map((lane) => html`<option value=${lane} ?selected=${lane === view.lane}>${lane ? word("lane", lane) : m.view_all}</option>`)}</select></span>
        <span><label for="severity">${m.view_severity}</label><select id="severity" @change=${(event: Event) => this.look({ severity: Number(value(event)) })}>${[0, 30, 50, 70, 90].map((n) => html`<option value=${n} ?selected=${n === view.severity}>${n ? number(n) : m.view_all}</option>`)}</select></span>
        <label class="check"><input type="checkbox" .checked=${view.hasty} @change=${(event: Event) => this.look({ hasty: (event.target as HTMLInputElement).checked })} />${m.view_hasty}</label>
      </div>
      <div class="row">
        ${mine.map((one) => html`<span><button type="button" class="plain" @click=${() => this.look({ lane: one.lane, hasty: one.hasty, severity: one.severity })}><bdi>${one.name}</bdi></button><button type="button" class="plain" aria-label=${fill(m.view_drop, { name: one.name })} @click=${() => this.drop_view(one)}>×</button></span>`)}
        ${is_everything(view) ? nothing : html`<button type="button" @click=${() => this.look(kEverything)}>${m.view_whole}</button>`}
        ${is_everything(view) || this.naming ? nothing : html`<button type="button" @click=${() => (this.naming = true)}>${m.view_keep}</button>`}
      </div>
      ${this.naming
        ? html`<form @submit=${this.keep_view}><label for="view-name">${m.view_name}</label><input id="view-name" type="text" maxlength="40" />
            <div class="buttons"><button class="main">${m.view_keep}</button><button type="button" @click=${() => (this.naming = false)}>${m.cancel}</button></div></form>`
        : nothing}
      <p class="small quiet">${m.view_text}</p>
    </details>`;
  }

  override render(): TemplateResult {
    const m = texts, places = this.seen;
    return html`<h1 tabindex="-1">${fill(m.queue_title, { queue: word("queue", this.queue) })}</h1>
      <div class=${this.fault ? "faults" : ""} role="alert">${this.fault}</div>
      <p class=${this.said ? "note" : "aside"} role="status">${this.said}</p>
      ${this.alarms.length ? html`<section class="card" aria-labelledby="alarms"><h2 id="alarms" class="late">${fill(m.alarms, { n: this.alarms.length })}</h2>${alarm_list(this.alarms, (alarm) => this.acknowledge(alarm))}</section>` : nothing}
      ${this.offers.length ? this.offered() : nothing}
      ${this.proposals.length ? this.proposed() : nothing}
      ${this.claims.length
        ? html`<section class="card" aria-labelledby="yours">
            <h2 id="yours">${m.your_claims}</h2>
            ${this.claims.map((claim) => html`<p class="row"><button type="button" @click=${() => this.open(claim)}>${fill(m.go_on, { n: number(claim.items.length) })}</button><span class="quiet">${fill(m.until_time, { time: moment(claim.expires_at) })}</span></p>`)}
          </section>`
        : nothing}
      <div class="row">
        ${this.desk.reviews ? html`<button type="button" class="main" ?disabled=${this.busy} @click=${() => this.claim()}>${m.claim_next}<kbd>c</kbd></button>` : nothing}
        ${this.desk.decides ? html`<a class="button" href="#/second">${m.second_look}</a>` : nothing}
        <span class="quiet">${m.order}</span>
      </div>
      ${this.shift.capped ? html`<p class="note">${fill(m.capped, { n: number(this.shift.choices.cap) })}</p>` : nothing}
      <h2>${m.waiting}</h2>
      ${this.views()}
      ${places === undefined
        ? html`<p role="status">${m.loading}</p>`
        : places.length === 0
          ? html`<p>${is_everything(this.view) ? m.nothing_waits : m.view_empty}</p>`
          : html`<ol>
              ${places.map((place, i) => this.place(place, i))}
            </ol>`}`;
  }

  private place(place: Place, i: number): TemplateResult {
    const m = texts, near = haste(place.deadline, this.now);
    const clock = place.deadline ? fill(place.looked_at ? m.decide_by : m.look_by, { when: from_now(place.deadline, this.now), time: moment(place.deadline) }) : m.no_clock;
    return html`<li class="place ${place.lane}">
      <div class="row apart">
        <span class="row"><strong>${(this.places?.indexOf(place) ?? i) + 1}</strong> <span class="badge ${place.lane}">${word("lane", place.lane)}</span>
          <span class=${near}>${near === "late" ? fill(m.late, { when: from_now(place.deadline!, this.now) }) : clock}</span></span>
        <button type="button" ?disabled=${this.busy} @click=${() => this.claim(place.case_id)} @focus=${() => (this.current = i)} aria-label=${fill(m.claim_place, { n: i + 1 })}>${m.claim_this}</button>
      </div>
      <div class="small quiet">${fill(place.item_id ? m.why_single : m.why_place, {
        lane: word("why_lane", place.lane), severity: place.severity, free: number(place.free_items), open: number(place.items_open ?? place.free_items), since: place.opened_at ? moment(place.opened_at) : "",
      })}</div>
    </li>`;
  }
}

export const alarm_list = (alarms: Alarm[], acknowledge: (alarm: Alarm) => void): TemplateResult => html`${alarms.map(
  (alarm, i) => html`<p class="row apart">
    <span>${alarm.what ? word("alarm_house", alarm.what) : word("alarm", alarm.kind)} · ${moment(alarm.at)}${alarm.case_id ? html` · <a href="#/case/${alarm.case_id}">${texts.to_case}</a>` : nothing}</span>
    <button type="button" @click=${() => acknowledge(alarm)}>${texts.acknowledge}${i === 0 ? html`<kbd>a</kbd>` : nothing}</button>
  </p>`,
)}`;
