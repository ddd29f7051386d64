// Who may act for whom: what the reader has given to others, with its end, and for whom the reader may act.
import { deleteDelegationsId, getDelegations, postDelegations, postDelegationsIdLinks, type Delegation, type TimelineEvent } from "heed-api";
import { Problem } from "heed-http";
import { html, nothing, type TemplateResult } from "lit";
import { field_of, type Messages, type Page, type Scope } from "./page.js";
import { fill, isolated } from "../shared/words.js";

export const kScopes: Scope[] = ["report", "read", "talk", "appeal", "file"];
const kKinds: Delegation["as"][] = ["staff", "union", "ngo", "parent", "lawyer", "other"];
const kDays = [30, 90, 180, 365];

type Somebody = Delegation["delegate"];
export const name_of = (who: Somebody, m: Messages): string => isolated(who?.known_as ?? "") || m.somebody_erased;
const word = (m: Messages, name: string): string => (m as unknown as Record<string, string>)[name] ?? "";
export const scope_list = (m: Messages, scopes: string[]): TemplateResult => html`<ul>${kScopes.filter((scope) => scopes.includes(scope)).map((scope) => html`<li>${word(m, `scope_${scope}`)}</li>`)}</ul>`;

export class People {
  private all: Delegation[] = [];
  private known = false;
  private fault = "";
  private ending = "";

  constructor(
    private readonly page: Page,
    private readonly act: (delegation: Delegation) => void,
  ) {}

  async look(): Promise<void> {
    this.all = (await getDelegations(this.page.http)).items;
    this.known = true;
    this.page.requestUpdate();
  }

  /** Who did it for the reader, by the delegation that a step names; "" nobody. */
  who_did(event: TimelineEvent): string {
    const one = this.all.find((one) => one.role === "principal" && one.delegation_id === event.by?.delegation_id);
    return !event.by ? "" : name_of(one?.delegate ?? null, this.page.m);
  }

  private async give(event: Event): Promise<void> {
    event.preventDefault();
    const { m } = this.page;
    const value = (id: string) => field_of<HTMLInputElement>(this.page, id).value.trim();
    const whom = value("people-whom"), name = value("people-name");
    const scopes = kScopes.filter((scope) => field_of<HTMLInputElement>(this.page, `people-${scope}`).checked);
    this.fault = !whom ? m.people_no_whom : !scopes.length ? m.people_no_scope : "";
    if (this.fault) {
      this.page.requestUpdate();
      return field_of<HTMLElement>(this.page, whom ? "people-report" : "people-whom").focus();
    }
    const mail = /^[^\s@]+@[^\s@]+$/.test(whom);
    const body = {
      delegate: { ...(mail ? { email: whom } : { account_id: whom.replace(/^@/, "") }), ...(name ? { name } : {}) },
      as: value("people-as") as Delegation["as"], scopes, until: new Date(Date.now() + Number(value("people-until")) * 86_400_000).toISOString(),
    };
    const { until: _, ...same } = body;
    const given = await this.page.doing(async () => {
      await postDelegations(this.page.http, body, { key: this.page.key_of("delegation", JSON.stringify(same)) });
      this.page.forget_key("delegation");
      await this.look();
    }, fill(mail ? m.people_given_mail : m.people_given, { name: name || whom }));
    if (!given) return;
    for (const id of ["people-whom", "people-name"]) field_of<HTMLInputElement>(this.page, id).value = "";
    field_of<HTMLElement>(this.page, "people-list")?.focus();
  }

  private async end(id: string): Promise<void> {
    const ended = await this.page.doing(async () => {
      await deleteDelegationsId(this.page.http, id);
      this.ending = "";
      await this.look();
    }, this.page.m.people_ended_now);
    if (ended) field_of<HTMLElement>(this.page, "people-list")?.focus();
  }

  private async ask(id: string): Promise<void> {
    this.ending = id;
    this.page.requestUpdate();
    await this.page.updateComplete;
    field_of<HTMLElement>(this.page, id ? "people-sure" : "people-list")?.focus();
  }

  private async new_link(one: Delegation): Promise<void> {
    const { m } = this.page, name = name_of(one.delegate, m);
    let soon = false;
    await this.page.doing(async () => {
      try {
        await postDelegationsIdLinks(this.page.http, one.delegation_id);
        await this.look();
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 429) throw error;
        soon = true;
      }
    });
    if (soon) this.page.say(m.people_new_link_soon);
    else if (this.all.some((now) => now.delegation_id === one.delegation_id && now.link && now.link !== one.link)) {
      this.page.say(fill(m.people_new_link_done, { name }));
      await this.page.updateComplete;
      field_of<HTMLElement>(this.page, `link-${one.delegation_id}`)?.focus();
    }
  }

  private async copy(link: string): Promise<void> {
    await this.page.doing(() => navigator.clipboard.writeText(link), this.page.m.copied);
  }

  /** For whom the reader may act, if anybody. */
  others(): TemplateResult | typeof nothing {
    const { m } = this.page, given = this.all.filter((one) => one.role === "delegate" && one.state === "in_force");
    if (!given.length) return nothing;
    return html`${this.page.heading(m.others)}
      <p>${m.others_text}</p>
      <ul>
        ${given.map((one) => html`<li>
          <button type="button" class="plain" @click=${() => this.act(one)}>${fill(m.others_open, { name: name_of(one.principal, m) })}</button>
          <span class="quiet">${fill(m.relief_until, { time: this.page.at(one.until) })}</span>
        </li>`)}
      </ul>`;
  }

  view(): TemplateResult | typeof nothing {
    const { m } = this.page;
    if (!this.known) return nothing;
    const mine = this.all.filter((one) => one.role === "principal");
    const now = mine.filter((one) => one.state === "in_force"), before = mine.filter((one) => one.state !== "in_force");
    const bad = Boolean(this.fault);
    return html`${this.page.heading(m.people)}
      <p>${m.people_text}</p>
      <div id="people-list" tabindex="-1" role="group" aria-label=${m.people}>
        ${now.length ? html`<ul class="people">${now.map((one) => this.given(one))}</ul>` : html`<p>${m.people_none}</p>`}
        ${before.length
          ? html`<details><summary>${m.people_before}</summary>
              <ul>${before.map((one) => html`<li><bdi>${name_of(one.delegate, m)}</bdi>: ${word(m, `ended_${one.state}`)} <span class="quiet">${this.page.at(one.ended_at ?? one.until)}</span></li>`)}</ul>
            </details>`
          : nothing}
      </div>
      <details>
        <summary>${m.people_give}</summary>
        <form @submit=${(e: Event) => this.give(e)} novalidate>
          <p class=${bad ? "faults" : "aside"} id="people-fault" role="alert">${this.fault}</p>
          <label class="label" for="people-whom">${m.people_whom}</label>
          <span class="hint" id="people-whom-hint">${m.people_whom_text}</span>
          <input id="people-whom" type="text" maxlength="254" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="people-whom-hint people-fault" aria-invalid=${this.fault === m.people_no_whom} />
          <label class="label" for="people-name">${m.people_name}</label>
          <input id="people-name" type="text" maxlength="100" autocomplete="off" dir="auto" />
          <label class="label" for="people-as">${m.people_as}</label>
          <select id="people-as">${kKinds.map((kind) => html`<option value=${kind}>${word(m, `as_${kind}`)}</option>`)}</select>
          <fieldset>
            <legend>${m.people_may}</legend>
            ${kScopes.map((scope) => html`<label class="option"><input type="checkbox" id="people-${scope}" ?checked=${scope === "report" || scope === "read"} /><span>${word(m, `scope_${scope}`)}</span></label>`)}
          </fieldset>
          <label class="label" for="people-until">${m.people_until}</label>
          <select id="people-until">${kDays.map((days) => html`<option value=${days} ?selected=${days === 90}>${fill(m.days, { n: days })}</option>`)}</select>
          <p class="hint">${m.people_limits}</p>
          <button type="submit" ?disabled=${this.page.busy}>${m.people_send}</button>
        </form>
      </details>`;
  }

  private given(one: Delegation): TemplateResult {
    const { m } = this.page, name = name_of(one.delegate, m);
    return html`<li>
      <strong><bdi>${name}</bdi></strong> (${word(m, `as_${one.as}`)}), ${fill(m.relief_until, { time: this.page.at(one.until) })}
      ${one.delegate && ![name, undefined].includes(one.delegate.email ?? one.delegate.account_id) ? html`<span class="hint"><bdi dir="ltr">${one.delegate.email ?? one.delegate.account_id}</bdi></span>` : nothing}
      ${scope_list(m, one.scopes)}
      ${one.opened_at ? html`<p>${fill(m.people_opened, { time: this.page.at(one.opened_at), name })}</p>` : nothing}
      ${one.link
        ? html`<label class="label" for="link-${one.delegation_id}">${m.people_link}</label><span class="hint" id="hint-${one.delegation_id}">${m.people_link_text}</span>
            <input id="link-${one.delegation_id}" type="text" readonly dir="ltr" .value=${one.link} aria-describedby="hint-${one.delegation_id}" />
            ${navigator.clipboard ? html`<button type="button" @click=${() => this.copy(one.link!)}>${m.copy}</button>` : nothing}`
        : nothing}
      ${one.delegate?.email ? html`<div><button type="button" class="plain" ?disabled=${this.page.busy} @click=${() => this.new_link(one)}>${fill(m.people_new_link, { name })}</button></div>` : nothing}
      ${this.ending === one.delegation_id
        ? html`<div class="note" role="group" aria-labelledby="people-sure">
            <p id="people-sure" tabindex="-1">${fill(m.people_end_sure, { name })}</p>
            <div class="buttons">
              <button type="button" class="main" ?disabled=${this.page.busy} @click=${() => this.end(one.delegation_id)}>${m.people_end_yes}</button>
              <button type="button" @click=${() => this.ask("")}>${m.people_end_no}</button>
            </div>
          </div>`
        : html`<div><button type="button" class="plain" @click=${() => this.ask(one.delegation_id)}>${fill(m.people_end, { name })}</button></div>`}
    </li>`;
  }
}
