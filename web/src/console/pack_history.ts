// <heed-pack-history>: which packs were in force since when, and what changed from one to the next, line by line.
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { fill } from "../shared/words.js";
import { base } from "../shared/style.js";
import { words_for, type Desk } from "./desk.js";
import { diff } from "./diff.js";
import { console_style, pack_style } from "./style.js";
import { moment, texts, word } from "./texts.js";

interface Change {
  kind: string;
  name: string;
  what: string;
}
interface Version {
  number: number;
  at: string;
  by: string;
  id: string;
  version: string;
  changes: Change[];
}

export class HeedPackHistory extends LitElement {
  static override properties = { versions: { state: true }, open: { state: true }, lines: { state: true }, fault: { state: true } };
  static override styles = [
    base, console_style, pack_style,
    css`
      li {
        margin-block: 0.5rem;
      }
    `,
  ];

  desk!: Desk;
  declare private versions?: Version[];
  /** "number|kind|name" of the change that is shown. */
  declare private open: string;
  declare private lines: ReturnType<typeof diff>;
  declare private fault: string;

  constructor() {
    super();
    this.open = this.fault = "";
    this.lines = [];
  }

  private async read(event: Event): Promise<void> {
    if (!(event.target as HTMLDetailsElement).open || this.versions) return;
    try {
      this.versions = (await this.desk.http.call<{ items: Version[] }>("GET", "/v1/pack/versions")).items;
      this.fault = "";
    } catch (error) {
      this.fault = words_for(error);
    }
  }
  private async show(version: Version, change: Change): Promise<void> {
    const key = `${version.number}|${change.kind}|${change.name}`;
    if (this.open === key) {
      this.open = "";
      return;
    }
    try {
      const found = await this.desk.http.call<{ before: string | null; after: string | null }>("GET", `/v1/pack/versions/${version.number}/file`, { query: { kind: change.kind, name: change.name } });
      this.lines = diff(found.before ?? "", found.after ?? "");
      this.open = key;
      this.fault = "";
    } catch (error) {
      this.fault = words_for(error);
    }
  }

  override render(): TemplateResult {
    const m = texts;
    return html`<details id="versions" @toggle=${this.read}>
      <summary>${m.pack_versions}</summary>
      <p class="small quiet">${m.pack_versions_text}</p>
      <div class=${this.fault ? "faults" : ""} role="alert">${this.fault}</div>
      ${this.versions
        ? html`<ol class="small" reversed>${this.versions.map((one) => html`<li value=${one.number}>
            ${moment(one.at)} · <bdi>${one.id} ${one.version}</bdi> · ${fill(m.pack_version_by, { who: one.by })}
            ${one.changes.length ? html`<ul>${one.changes.map((change) => this.change(one, change))}</ul>` : html`<div class="quiet">${m.pack_version_first}</div>`}</li>`)}</ol>`
        : html`<p role="status">${m.loading}</p>`}
    </details>`;
  }

  private change(version: Version, change: Change): TemplateResult {
    const open = this.open === `${version.number}|${change.kind}|${change.name}`;
    return html`<li>
      <button type="button" class="plain" aria-expanded=${open} @click=${() => this.show(version, change)}>${word("files", change.kind)}: <bdi>${change.name}</bdi> · ${word("pack_file", change.what)}</button>
      ${open
        ? html`<pre tabindex="0" role="group" aria-label="${texts.diff}: ${change.name}">${this.lines.map((line) => (line.sign === "+" ? html`<ins>+ ${line.text}\n</ins>` : line.sign === "-" ? html`<del>- ${line.text}\n</del>` : html`  ${line.text}\n`))}</pre>
            ${this.lines.length ? nothing : html`<p class="quiet">${texts.pack_same_lines}</p>`}`
        : nothing}</li>`;
  }
}
