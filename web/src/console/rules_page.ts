// <heed-rules-page>: for policy authors. Which rules are in force and how good they are, stopping one, taking back what
// it did; the clauses in words; and trying a change before it goes anywhere.
import {
  getRules, getRulesIdEffects, postRulesIdEffectsReversal, postRulesIdMode, type Rule,
} from "heed-api";
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { fill, isolated } from "../shared/words.js";
import { base } from "../shared/style.js";
import { words_for, type Clause, type Desk } from "./desk.js";
import { console_style } from "./style.js";
import { moment, number, texts, word } from "./texts.js";

type View = TemplateResult | typeof nothing;
type Mode = "off" | "shadow" | "on";
type Effects = Awaited<ReturnType<typeof getRulesIdEffects>>["items"];
interface Asked {
  rule: Rule;
  what: "mode" | "reversal";
  mode: Mode;
}

const kModes: Mode[] = ["off", "shadow", "on"];

export class HeedRulesPage extends LitElement {
  static override properties = {
    rules: { state: true }, clauses: { state: true }, effects: { state: true }, of: { state: true }, next: { state: true }, asked: { state: true }, fault: { state: true }, said: { state: true }, busy: { state: true },
  };
  static override styles = [
    base, console_style,
    css`
      :host {
        max-inline-size: 75rem;
        margin-inline: auto;
        padding: 1rem;
      }
      section {
        overflow-x: auto;
      }
    `,
  ];

  desk!: Desk;
  declare private rules?: Rule[];
  declare private clauses: Clause[];
  declare private effects: Effects;
  /** The rule whose effects are shown. */
  declare private of: string;
  declare private next?: string;
  declare private asked?: Asked;
  declare private fault: string;
  declare private said: string;
  declare private busy: boolean;

  constructor() {
    super();
    this.clauses = [];
    this.effects = [];
    this.of = this.fault = this.said = "";
    this.busy = false;
  }
  override connectedCallback(): void {
    super.connectedCallback();
    void this.read();
  }
  private get owns(): boolean {
    return this.desk.may("lead", "admin");
  }

  private async read(): Promise<void> {
    try {
      const [rules, clauses] = await Promise.all([getRules(this.desk.http), this.desk.clauses()]);
      this.rules = rules.items;
      this.clauses = clauses;
      this.fault = "";
    } catch (error) {
      this.fault = words_for(error);
    }
  }
  private async read_effects(rule: string, further = false): Promise<void> {
    try {
      const page = await getRulesIdEffects(this.desk.http, rule, { limit: 50, ...(further && this.next ? { cursor: this.next } : {}) });
      this.effects = further ? [...this.effects, ...page.items] : page.items;
      this.next = page.next_cursor;
      this.of = rule;
      await this.updateComplete;
      if (!further) this.renderRoot.querySelector<HTMLElement>("#effects")?.focus();
    } catch (error) {
      this.fault = words_for(error);
    }
  }

  private async ask(rule: Rule, what: Asked["what"], mode: Mode): Promise<void> {
    this.asked = { rule, what, mode };
    this.fault = "";
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLDialogElement>("dialog")?.showModal();
    this.renderRoot.querySelector<HTMLElement>("#reason")?.focus();
  }
  private close(): void {
    this.renderRoot.querySelector<HTMLDialogElement>("dialog")?.close();
    this.asked = undefined;
  }
  private async answer(event: Event): Promise<void> {
    event.preventDefault();
    const asked = this.asked!, field = this.renderRoot.querySelector<HTMLTextAreaElement>("#reason")!, reason = field.value.trim();
    if (!reason) return field.focus();
    if (this.busy) return;
    this.busy = true;
    try {
      if (asked.what === "mode") {
        const mode = this.renderRoot.querySelector<HTMLSelectElement>("#mode")!.value as Mode;
        const now = await postRulesIdMode(this.desk.http, asked.rule.rule, { mode, reason });
        this.said = fill(texts.rule_switched, { rule: asked.rule.rule, mode: word("mode", now.mode) });
      } else {
        const done = await postRulesIdEffectsReversal(this.desk.http, asked.rule.rule, { reason });
        this.said = fill(texts.effects_reversed, { n: number(done.reversed), left: number(done.left) });
        if (this.of === asked.rule.rule) await this.read_effects(asked.rule.rule);
      }
      this.close();
      await this.read();
    } catch (error) {
      this.fault = words_for(error);
    } finally {
      this.busy = false;
    }
  }

  override render(): TemplateResult {
    const m = texts;
    return html`<h1 tabindex="-1">${m.rules_title}</h1>
      <div class=${this.fault && !this.asked ? "faults" : ""} role="alert">${this.asked ? "" : this.fault}</div>
      <p class=${this.said ? "note" : "aside"} role="status">${this.said}</p>
      <section aria-labelledby="rules" tabindex="0">
        <h2 id="rules">${m.rules}</h2>
        <p class="small quiet">${m.rules_text}</p>
        ${this.rules ? this.table(this.rules) : html`<p role="status">${m.loading}</p>`}
      </section>
      ${this.of ? this.effect_list() : nothing}
      <heed-pack-trial theme=${this.getAttribute("theme") ?? nothing} .desk=${this.desk}></heed-pack-trial>
      <heed-pack-history theme=${this.getAttribute("theme") ?? nothing} .desk=${this.desk}></heed-pack-history>
      <section aria-labelledby="clauses">
        <h2 id="clauses">${m.clauses}</h2>
        ${this.clauses.map((clause) => html`<details>
          <summary>${clause.title} · ${clause.version}</summary>
          <p>${clause.text}</p>
          <p class="small">${m.actions}: ${clause.actions.map((kind) => word("action", kind)).join(", ")} · ${fill(m.decide_within, { hours: number(clause.decide_within_hours) })}${clause.machine_may_act ? ` · ${m.machine_may_act}` : nothing}</p>
        </details>`)}
      </section>
      ${this.dialog()}`;
  }

  private table(rules: Rule[]): TemplateResult {
    const m = texts, title = (id: string) => this.clauses.find((clause) => clause.id === id)?.title ?? id;
    const percent = (share: unknown) => (typeof share === "number" ? `${Math.round(share * 100)} %` : "–");
    return html`<table class="small">
      <thead><tr>${[m.rule, m.clause, m.mode, m.fired, m.judged, m.precision, m.budget, m.doing].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
      <tbody>${rules.map((rule) => html`<tr>
        <th scope="row"><bdi>${rule.rule}</bdi><div class="quiet">${rule.why} · ${rule.version}</div>
          ${rule.first_error ? html`<div class="late">${fill(m.rule_error, { n: number(rule.errors), error: rule.first_error })}</div>` : nothing}
          ${rule.switched ? html`<div class="quiet">${fill(m.rule_switched_at, { time: moment(rule.switched.at), mode: word("mode", rule.switched.mode), reason: isolated(rule.switched.reason ?? "") })}</div>` : nothing}</th>
        <td>${title(rule.clause)}</td>
        <td><span class="badge ${rule.mode === "off" ? "late" : ""}">${word("mode", rule.mode)}</span></td>
        <td>${number(rule.fired)}</td>
        <td>${number(rule.confirmed)} / ${number(rule.judged)}</td>
        <td>${percent(rule.precision)}</td>
        <td>${rule.daily_case_budget ? `${number(rule.cases_today)} / ${number(rule.daily_case_budget)}` : "–"}</td>
        <td class="row">
          ${this.owns ? html`<button type="button" @click=${() => this.ask(rule, "mode", rule.mode === "off" ? "on" : "off")} aria-label="${rule.mode === "off" ? m.let_on : m.stop}: ${rule.rule}">${rule.mode === "off" ? m.let_on : m.stop}</button>` : nothing}
          <button type="button" class="plain" @click=${() => this.read_effects(rule.rule)} aria-label="${m.effects}: ${rule.rule}">${m.effects}</button>
        </td>
      </tr>`)}</tbody>
    </table>`;
  }

  private effect_list(): TemplateResult {
    const m = texts, rule = this.rules?.find((one) => one.rule === this.of), standing = this.effects.some((one) => !one.reversed);
    return html`<section aria-labelledby="effects">
      <h2 id="effects" tabindex="-1">${fill(m.rule_effects, { rule: this.of })}</h2>
      ${this.effects.length
        ? html`<ul class="small">${this.effects.map((one) => html`<li>${moment(one.at)} · ${word("outcome", one.outcome)} · ${one.actions.map((kind) => word("action", kind)).join(", ")}${one.reversed ? ` · ${m.reversed}` : nothing}
            ${this.desk.reviews ? html` <a href="#/case/${one.case_id}">${m.to_case}</a>` : nothing}</li>`)}</ul>`
        : html`<p class="quiet">${m.no_effects}</p>`}
      <div class="buttons">
        ${this.next ? html`<button type="button" @click=${() => this.read_effects(this.of, true)}>${m.more}</button>` : nothing}
        ${this.owns && standing && rule ? html`<button type="button" @click=${() => this.ask(rule, "reversal", "off")}>${m.reverse_all}</button>` : nothing}
        <button type="button" class="plain" @click=${() => (this.of = "")}>${m.close}</button>
      </div>
    </section>`;
  }

  private dialog(): View {
    const m = texts, asked = this.asked;
    if (!asked) return nothing;
    const title = asked.what === "mode" ? fill(m.rule_mode_title, { rule: asked.rule.rule }) : m.reverse_all;
    return html`<dialog aria-labelledby="dialog-title" @close=${() => (this.asked = undefined)}>
      <form @submit=${this.answer}>
        <h2 id="dialog-title">${title}</h2>
        <p>${asked.what === "mode" ? m.rule_mode_text : m.reverse_all_text}</p>
        ${asked.what === "mode"
          ? html`<label for="mode">${m.mode}</label><select id="mode">${kModes.map((mode) => html`<option value=${mode} ?selected=${mode === asked.mode}>${word("mode", mode)}</option>`)}</select>`
          : nothing}
        <label for="reason">${m.reason_field}</label>
        <textarea id="reason" rows="3" maxlength="5000" required></textarea>
        <div class=${this.fault ? "faults" : ""} role="alert">${this.fault}</div>
        <div class="buttons"><button class="main" ?disabled=${this.busy}>${title}</button><button type="button" @click=${() => this.close()}>${m.cancel}</button></div>
      </form>
    </dialog>`;
  }
}
