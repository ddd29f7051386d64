// <heed-admin-page>: keys of the platform's servers, what could not be delivered, how the house is.
import { deleteKeysId, getDeliveries, getKeys, postDeliveriesIdReplay, postKeys, type Delivery, type Key } from "heed-api";
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { fill } from "../shared/words.js";
import { base } from "../shared/style.js";
import { words_for, type Desk } from "./desk.js";
import { console_style } from "./style.js";
import { moment, number, texts, word } from "./texts.js";

type View = TemplateResult | typeof nothing;

const kScopes = ["posts:write", "accounts:write", "relations:write", "reports:write", "reports:read", "cases:read", "actions:read", "actions:write", "events:write", "notices:read", "assess"];
/** What of /metrics is shown here, by the name of its words. */
const kFigures: Array<[string, RegExp]> = [
  ["m_waiting", /^heed_outbox_waiting (\S+)/m],
  ["m_oldest", /^heed_outbox_oldest_seconds (\S+)/m],
  ["m_dead", /^heed_outbox_dead_total (\S+)/m],
  ["m_alarms", /^heed_alarms_unacknowledged (\S+)/m],
  ["m_connections", /^heed_http_connections (\S+)/m],
];

type Waiting = Delivery & { next_try_at?: string | null };

export class HeedAdminPage extends LitElement {
  static override properties = {
    keys: { state: true }, token: { state: true }, ending: { state: true }, dead: { state: true }, waiting: { state: true }, next: { state: true }, ready: { state: true }, figures: { state: true }, fault: { state: true }, said: { state: true }, busy: { state: true },
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
      .kinds {
        display: flex;
        flex-wrap: wrap;
        gap: 0 1rem;
      }
      code {
        overflow-wrap: anywhere;
        user-select: all;
      }
    `,
  ];

  desk!: Desk;
  declare private keys: Key[];
  /** Of the key just made: shown once. */
  declare private token: string;
  declare private ending: string;
  declare private dead: Delivery[];
  /** What is to go next. */
  declare private waiting: Waiting[];
  declare private next?: string;
  declare private ready: string;
  declare private figures: Array<[string, string]>;
  declare private fault: string;
  declare private said: string;
  declare private busy: boolean;
  private clock?: ReturnType<typeof setInterval>;

  constructor() {
    super();
    this.keys = [];
    this.dead = [];
    this.waiting = [];
    this.figures = [];
    this.token = this.ending = this.ready = this.fault = this.said = "";
    this.busy = false;
  }
  override connectedCallback(): void {
    super.connectedCallback();
    void this.read();
    this.clock = setInterval(() => void this.read_health(), 15_000);
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.clock);
  }
  private get admin(): boolean {
    return this.desk.may("admin");
  }

  private async read(): Promise<void> {
    try {
      const [keys, dead] = await Promise.all([this.admin ? getKeys(this.desk.http) : { items: [] }, getDeliveries(this.desk.http, { limit: 50 }), this.read_health()]);
      this.keys = keys.items;
      this.dead = dead.items;
      this.next = dead.next_cursor;
      this.fault = "";
    } catch (error) {
      this.fault = words_for(error);
    }
  }
  private async read_health(): Promise<void> {
    try {
      const waiting = this.desk.http.call<{ items: Waiting[] }>("GET", "/v1/deliveries", { query: { state: "waiting", limit: "50" } });
      this.waiting = (await waiting).items;
      const ready = await fetch("/readyz");
      this.ready = ready.ok ? texts.ready : (((await ready.json()) as { detail?: string }).detail ?? texts.not_ready);
      const metrics = await fetch("/metrics").then((answer) => (answer.ok ? answer.text() : ""));
      this.figures = kFigures.map(([name, what]) => [name, what.exec(metrics)?.[1] ?? ""] as [string, string]).filter(([, value]) => value);
    } catch {
      this.ready = texts.fault_offline;
    }
  }
  private async more(): Promise<void> {
    try {
      const page = await getDeliveries(this.desk.http, { limit: 50, cursor: this.next! });
      this.dead = [...this.dead, ...page.items];
      this.next = page.next_cursor;
    } catch (error) {
      this.fault = words_for(error);
    }
  }

  private async make(event: Event): Promise<void> {
    event.preventDefault();
    const name = this.renderRoot.querySelector<HTMLInputElement>("#key-name")!, scopes = [...this.renderRoot.querySelectorAll<HTMLInputElement>("input[name=scope]:checked")].map((one) => one.value);
    if (!name.value.trim()) return name.focus();
    if (this.busy) return;
    this.busy = true;
    try {
      const made = await postKeys(this.desk.http, { name: name.value.trim(), scopes, trusted_flagger: this.renderRoot.querySelector<HTMLInputElement>("#trusted")!.checked });
      this.token = made.token;
      this.renderRoot.querySelector("form")?.reset();
      await this.read();
      await this.updateComplete;
      this.renderRoot.querySelector<HTMLElement>("#token")?.focus();
    } catch (error) {
      this.fault = words_for(error);
    } finally {
      this.busy = false;
    }
  }
  private async revoke(id: string): Promise<void> {
    try {
      await deleteKeysId(this.desk.http, id);
      this.ending = "";
      this.said = texts.key_revoked;
      await this.read();
    } catch (error) {
      this.fault = words_for(error);
    }
  }
  private async replay(delivery: Delivery): Promise<void> {
    try {
      await postDeliveriesIdReplay(this.desk.http, delivery.notice_id);
      this.said = texts.replayed;
      await this.read();
    } catch (error) {
      this.fault = words_for(error);
    }
  }

  override render(): TemplateResult {
    const m = texts;
    return html`<h1 tabindex="-1">${m.admin_title}</h1>
      <div class=${this.fault ? "faults" : ""} role="alert">${this.fault}</div>
      <p class=${this.said ? "note" : "aside"} role="status">${this.said}</p>
      <section aria-labelledby="health">
        <h2 id="health">${m.health}</h2>
        <p>${this.ready || m.loading}</p>
        ${this.figures.length ? html`<ul class="small">${this.figures.map(([name, value]) => html`<li>${fill((m as Record<string, string>)[name], { n: number(Number(value)) })}</li>`)}</ul>` : nothing}
      </section>
      ${this.admin ? html`<heed-settings theme=${this.getAttribute("theme") ?? nothing} .desk=${this.desk}></heed-settings>${this.key_section()}` : nothing}
      <section aria-labelledby="dead" tabindex="0">
        <h2 id="dead">${m.deliveries}</h2>
        <p class="small quiet">${m.deliveries_text}</p>
        ${this.dead.length
          ? html`<table class="small"><thead><tr>${[m.kind, m.way, m.day, m.given_up, m.doing].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
              <tbody>${this.dead.map((one) => html`<tr><th scope="row">${word("notice", one.kind)}</th><td>${word("channel", one.channel)}</td><td>${moment(one.at)}</td><td>${moment(one.given_up_at as string | null)}${one.last_status ? ` · ${one.last_status}` : nothing}</td>
                <td><button type="button" @click=${() => this.replay(one)}>${m.replay}</button></td></tr>`)}</tbody></table>`
          : html`<p class="quiet">${m.no_dead}</p>`}
        ${this.next ? html`<button type="button" @click=${() => this.more()}>${m.more}</button>` : nothing}
      </section>
      <section aria-labelledby="waits" tabindex="0">
        <h2 id="waits">${m.deliveries_wait}</h2>
        ${this.waiting.length
          ? html`<table class="small"><thead><tr>${[m.kind, m.way, m.day, m.tries, m.next_try].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
              <tbody>${this.waiting.map((one) => html`<tr><th scope="row">${word("notice", one.kind)}</th><td>${word("channel", one.channel)}</td><td>${moment(one.at)}</td><td>${number(one.tries ?? 0)}${one.last_status ? ` · ${one.last_status}` : nothing}</td><td>${moment(one.next_try_at)}</td></tr>`)}</tbody></table>`
          : html`<p class="quiet">${m.no_waiting}</p>`}
      </section>`;
  }

  private key_section(): View {
    const m = texts;
    return html`<section aria-labelledby="keys" tabindex="0">
      <h2 id="keys">${m.api_keys}</h2>
      ${this.token ? html`<div class="note"><p id="token" tabindex="-1">${m.token_once}</p><p><code>${this.token}</code></p><button type="button" @click=${() => (this.token = "")}>${m.token_kept}</button></div>` : nothing}
      ${this.keys.length
        ? html`<table class="small"><thead><tr>${[m.name, m.scopes, m.since_when, m.key_used, m.doing].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
            <tbody>${this.keys.map((key) => html`<tr><th scope="row"><bdi>${key.name}</bdi>${key.trusted_flagger ? html` <span class="badge">${m.trusted_flagger}</span>` : nothing}</th><td>${key.scopes.join(", ")}</td><td>${moment(key.created_at)}</td><td>${key.last_used_at ? moment(key.last_used_at) : html`<span class="quiet">${m.key_unused}</span>`}</td>
              <td>${key.revoked_at
                ? fill(m.revoked_at, { time: moment(key.revoked_at) })
                : this.ending === key.key_id
                  ? html`<p id="stops" tabindex="-1">${m.revoke_sure} ${m.revoke_stops}</p><ul>${key.scopes.map((scope) => html`<li>${word("stops", scope)}</li>`)}</ul> <button type="button" @click=${() => this.revoke(key.key_id)}>${m.revoke}</button> <button type="button" class="plain" @click=${() => (this.ending = "")}>${m.cancel}</button>`
                  : html`<button type="button" class="plain" @click=${() => (this.ending = key.key_id)} aria-label="${m.revoke}: ${key.name}">${m.revoke}</button>`}</td></tr>`)}</tbody></table>`
        : html`<p class="quiet">${m.no_keys}</p>`}
      <details>
        <summary>${m.new_key}</summary>
        <form @submit=${this.make}>
          <label for="key-name">${m.key_for}</label><input id="key-name" type="text" maxlength="100" autocomplete="off" />
          <fieldset><legend>${m.scopes}</legend><div class="kinds">${kScopes.map((scope) => html`<label class="check"><input type="checkbox" name="scope" value=${scope} />${scope}</label>`)}</div></fieldset>
          <label class="check"><input id="trusted" type="checkbox" />${m.trusted_flagger_text}</label>
          <div class="buttons"><button class="main" ?disabled=${this.busy}>${m.new_key}</button></div>
        </form>
      </details>
    </section>`;
  }
}
