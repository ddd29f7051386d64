// <heed-pack-trial>: the files of the policy pack, a change to one, and what it would do. Nothing that is tried is kept:
// a pack is changed where it is kept, with its history.
import { getPack, getPackFile, postPackTrials, type Trial } from "heed-api";
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { fill } from "../shared/words.js";
import { base } from "../shared/style.js";
import { words_for, type Desk } from "./desk.js";
import { diff } from "./diff.js";
import { plain } from "./post_row.js";
import { console_style, pack_style } from "./style.js";
import { number, texts, word } from "./texts.js";

type View = TemplateResult | typeof nothing;
type Files = Awaited<ReturnType<typeof getPack>>["files"];
type Kind = Files[number]["kind"];

export class HeedPackTrial extends LitElement {
  static override properties = {
    files: { state: true }, version: { state: true }, open: { state: true }, held: { state: true }, text: { state: true }, trial: { state: true }, fault: { state: true }, busy: { state: true },
  };
  static override styles = [
    base, console_style, pack_style,
    css`
      textarea {
        inline-size: 100%;
        font: 0.875rem/1.4 ui-monospace, monospace;
        white-space: pre;
        overflow: auto;
      }
      .wide {
        overflow-x: auto;
      }
    `,
  ];

  desk!: Desk;
  declare private files?: Files;
  declare private version: string;
  /** kind and name of the open file. */
  declare private open: string;
  declare private held: string;
  declare private text: string;
  declare private trial?: Trial;
  declare private fault: string;
  declare private busy: boolean;

  constructor() {
    super();
    this.version = this.open = this.held = this.text = this.fault = "";
    this.busy = false;
  }

  private async read(event: Event): Promise<void> {
    if (!(event.target as HTMLDetailsElement).open || this.files) return;
    try {
      const pack = await getPack(this.desk.http);
      this.files = pack.files;
      this.version = `${pack.id} ${pack.version}`;
    } catch (error) {
      this.fault = words_for(error);
    }
  }
  private async choose(event: Event): Promise<void> {
    const value = (event.target as HTMLSelectElement).value;
    this.open = value;
    this.trial = undefined;
    this.held = this.text = "";
    if (!value) return;
    const [kind, name] = value.split("|") as [Kind, string];
    try {
      const file = await getPackFile(this.desk.http, { kind, name });
      this.held = this.text = file.text;
      this.fault = "";
    } catch (error) {
      this.fault = words_for(error);
    }
  }
  private async run(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    this.fault = "";
    this.trial = undefined;
    const [kind, name] = this.open.split("|") as [string, string];
    const scenario = this.renderRoot.querySelector<HTMLTextAreaElement>("#scenario")!.value;
    const posts = Number(this.renderRoot.querySelector<HTMLSelectElement>("#posts")!.value);
    const recent = Number(this.renderRoot.querySelector<HTMLSelectElement>("#recent")!.value);
    try {
      this.trial = await postPackTrials(this.desk.http, {
        posts, ...(recent ? { recent } : {}), ...(scenario.trim() ? { scenario } : {}), ...(kind === "rules" && this.text !== this.held ? { rules: [{ name, text: this.text }] } : {}),
      });
      await this.updateComplete;
      this.renderRoot.querySelector<HTMLElement>("#found")?.focus();
    } catch (error) {
      this.fault = words_for(error);
    } finally {
      this.busy = false;
    }
  }

  override render(): TemplateResult {
    const m = texts, rules = this.open.startsWith("rules|");
    return html`<details @toggle=${this.read}>
      <summary>${m.pack}</summary>
      <div class=${this.fault ? "faults" : ""} role="alert">${this.fault}</div>
      <p class="small quiet">${m.pack_text} ${this.version}</p>
      ${this.files
        ? html`<form @submit=${this.run}>
            <label for="file">${m.pack_file}</label>
            <select id="file" @change=${this.choose}>
              <option value="">${m.macro_none}</option>
              ${(["rules", "lists", "clauses", "scenarios"] as const).map((kind) => html`<optgroup label=${word("files", kind)}>${this.files!.filter((file) => file.kind === kind).map((file) => html`<option value="${file.kind}|${file.name}" ?selected=${this.open === `${file.kind}|${file.name}`}>${file.name}</option>`)}</optgroup>`)}
            </select>
            ${this.open
              ? html`<label for="text">${rules ? m.pack_change : m.pack_read}</label>
                  <textarea id="text" rows="16" spellcheck="false" ?readonly=${!rules} .value=${this.text} @input=${(event: Event) => (this.text = (event.target as HTMLTextAreaElement).value)}></textarea>`
              : nothing}
            ${this.changed()}
            <label for="scenario">${m.scenario}</label>
            <textarea id="scenario" rows="4" spellcheck="false" placeholder=${'post   actor=u1 text="thank you" mentions=a1\nexpect verdict=allow'}></textarea>
            <label for="posts">${m.trial_posts}</label>
            <select id="posts">${[0, 100, 500, 2000].map((n) => html`<option value=${n} ?selected=${n === 500}>${n ? fill(m.trial_newest, { n: number(n) }) : m.trial_none}</option>`)}</select>
            <label for="recent">${m.trial_recent}</label>
            <select id="recent">${[0, 1000, 20_000].map((n) => html`<option value=${n}>${n ? fill(m.trial_recent_newest, { n: number(n) }) : m.trial_recent_none}</option>`)}</select>
            <div class="buttons"><button class="main" ?disabled=${this.busy}>${this.busy ? m.trial_running : m.trial_run}</button></div>
          </form>
          ${this.trial ? this.found(this.trial) : nothing}`
        : html`<p role="status">${m.loading}</p>`}
    </details>`;
  }

  private changed(): View {
    if (this.text === this.held) return nothing;
    const lines = diff(this.held, this.text);
    return html`<h3>${texts.diff}</h3>
      <pre tabindex="0" role="group" aria-label=${texts.diff}>${lines.map((line) => (line.sign === "+" ? html`<ins>+ ${line.text}\n</ins>` : line.sign === "-" ? html`<del>- ${line.text}\n</del>` : html`  ${line.text}\n`))}</pre>`;
  }

  private found(trial: Trial): TemplateResult {
    const m = texts, failed = trial.scenarios.filter((one) => one.failures.length), met = trial.scenarios.length - failed.length;
    const faults = (list: Trial["faults"]) => html`<ul class="small">${list.map((one) => html`<li><bdi>${one.at}</bdi><pre>${one.detail}</pre></li>`)}</ul>`;
    return html`<h3 id="found" tabindex="-1">${m.trial_found}</h3>
      ${trial.faults.length ? html`<p class="late">${fill(m.trial_faults, { n: number(trial.faults.length) })}</p>${faults(trial.faults)}` : this.verdicts(trial)}
      ${trial.examples.length ? html`<p class="late">${fill(m.trial_examples, { n: number(trial.examples.length) })}</p>${faults(trial.examples)}` : nothing}
      ${trial.scenarios.length ? html`<p>${fill(m.trial_scenarios, { met: number(met), all: number(trial.scenarios.length) })}</p>` : nothing}
      ${failed.map((one) => html`<details open><summary>${one.name}</summary><pre tabindex="0" role="group" aria-label=${one.name}>${one.failures.join("\n")}</pre></details>`)}`;
  }
  /** Counts alone: what nobody has reported is nobody's to read. */
  private recent(found: NonNullable<Trial["recent"]>): TemplateResult {
    const m = texts, table = (label: string, names: string[], rows: Array<Array<string | number>>) => html`<div class="wide" tabindex="0" role="group" aria-label=${label}><table class="small">
      <thead><tr>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
      <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td><bdi>${typeof cell === "number" ? number(cell) : cell}</bdi></td>`)}</tr>`)}</tbody></table></div>`;
    return html`<p>${fill(m.trial_recent_found, { n: number(found.posts) })} ${found.complete ? nothing : m.trial_recent_stopped}</p>
      ${found.changes.length ? table(m.trial_changes, [m.trial_before, m.trial_after, m.trial_posts_changed], found.changes.map((one) => [one.before, one.after, one.posts])) : html`<p class="quiet">${m.trial_no_change}</p>`}
      ${found.rules.length ? table(m.rules, [m.rule, m.trial_posts_changed], found.rules.map((one) => [one.rule, one.posts])) : nothing}`;
  }
  private verdicts(trial: Trial): TemplateResult {
    const m = texts;
    return html`<p>${fill(m.trial_judged, { n: number(trial.posts) })}</p>
      ${trial.changes.length
        ? html`<div class="wide" tabindex="0" role="group" aria-label=${m.trial_changes}><table class="small">
            <thead><tr>${[m.trial_before, m.trial_after, m.f_violations, m.f_no_violations, m.trial_example].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
            <tbody>${trial.changes.map((one) => html`<tr><td>${one.before}</td><td>${one.after}</td><td>${number(one.violations)}</td><td>${number(one.no_violations)}</td><td>${one.examples.map((text) => html`<div dir="auto">${plain(text)}</div>`)}</td></tr>`)}</tbody>
          </table></div>`
        : html`<p class="quiet">${m.trial_no_change}</p>`}
      ${trial.rules.length
        ? html`<div class="wide" tabindex="0" role="group" aria-label=${m.rules}><table class="small">
            <thead><tr>${[m.rule, m.f_violations, m.f_no_violations].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
            <tbody>${trial.rules.map((one) => html`<tr><th scope="row"><bdi>${one.rule}</bdi></th><td>${number(one.violations)}</td><td>${number(one.no_violations)}</td></tr>`)}</tbody>
          </table></div>`
        : nothing}
      ${trial.recent ? this.recent(trial.recent) : nothing}`;
  }
}
