// <heed-settings>: what the installation runs with, where each value comes from; read-only, secrets never shown.
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { fill } from "../shared/words.js";
import { base } from "../shared/style.js";
import { words_for, type Desk } from "./desk.js";
import { console_style } from "./style.js";
import { number, texts, word } from "./texts.js";

interface Setting {
  name: string;
  value: string;
  source: string;
  meaning: string;
}

export class HeedSettings extends LitElement {
  static override properties = { settings: { state: true }, sought: { state: true }, changed: { state: true }, fault: { state: true } };
  static override styles = [
    base, console_style,
    css`
      code {
        overflow-wrap: anywhere;
      }
      .wide {
        overflow-x: auto;
      }
    `,
  ];

  desk!: Desk;
  declare private settings?: Setting[];
  declare private sought: string;
  declare private changed: boolean;
  declare private fault: string;

  constructor() {
    super();
    this.sought = this.fault = "";
    this.changed = true;
  }

  private async read(event: Event): Promise<void> {
    if (!(event.target as HTMLDetailsElement).open || this.settings) return;
    try {
      this.settings = (await this.desk.http.call<{ items: Setting[] }>("GET", "/v1/settings")).items;
      this.fault = "";
    } catch (error) {
      this.fault = words_for(error);
    }
  }

  override render(): TemplateResult {
    const m = texts, part = this.sought.trim().toLowerCase();
    const all = this.settings ?? [], shown = all.filter((one) => (!this.changed || one.source !== "default") && (one.name.includes(part) || one.meaning.toLowerCase().includes(part)));
    return html`<details id="settings" @toggle=${this.read}>
      <summary>${m.settings_held}</summary>
      <p class="small quiet">${m.settings_text}</p>
      <div class=${this.fault ? "faults" : ""} role="alert">${this.fault}</div>
      ${this.settings
        ? html`<label for="part">${m.settings_find}</label>
            <input id="part" type="search" maxlength="60" autocomplete="off" @input=${(event: Event) => (this.sought = (event.target as HTMLInputElement).value)} />
            <label class="check"><input type="checkbox" id="changed" .checked=${this.changed} @change=${(event: Event) => (this.changed = (event.target as HTMLInputElement).checked)} />${m.settings_changed}</label>
            <p role="status" class="small">${fill(m.settings_count, { n: number(shown.length), all: number(all.length) })}</p>
            ${shown.length
              ? html`<div class="wide" tabindex="0" role="group" aria-label=${m.settings_held}><table class="small">
                  <thead><tr>${[m.setting, m.setting_value, m.setting_source].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
                  <tbody>${shown.map((one) => html`<tr><th scope="row"><code>${one.name}</code><div class="quiet" lang="en">${one.meaning}</div></th>
                    <td>${one.value === "(set)" ? m.setting_secret : one.value === "" ? html`<span class="quiet">${m.setting_empty}</span>` : html`<code>${one.value}</code>`}</td><td>${word("source_of", one.source)}</td></tr>`)}</tbody></table></div>`
              : nothing}`
        : html`<p role="status">${m.loading}</p>`}
    </details>`;
  }
}
