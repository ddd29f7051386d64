import { html, nothing, type TemplateResult } from "lit";
import type { HelpLine, ReportFlow } from "heed-api";
import { country_name } from "./words.js";

/** Places that help, for these topics first; the country can be changed, and an unknown one gives no number at all. */
export function help_lines(flow: ReportFlow, topics: string[], choose: (country: string) => void): TemplateResult {
  const fits = (line: HelpLine) => line.topics.some((topic) => topic === "emergency" || topics.includes(topic));
  const lines = topics.length ? flow.help_lines.filter(fits) : flow.help_lines;
  const known = flow.countries.includes(flow.country);
  const t = flow.texts;
  return html`
    <label class="label" for="country">${t["help_country"]}</label>
    <select id="country" autocomplete="country" @change=${(e: Event) => choose((e.target as HTMLSelectElement).value)}>
      <option value="" ?selected=${!known}>${t["help_choose"]}</option>
      ${flow.countries.map((code) => html`<option value=${code} ?selected=${code === flow.country}>${country_name(code, flow.locale)}</option>`)}
    </select>
    ${known && lines.length === 0 ? html`<p>${t["help_none"]}</p>` : nothing}
    ${lines.length
      ? html`<ul>
          ${lines.map(
            (line) => html`<li>
              <strong><bdi>${line.name}</bdi></strong>
              ${line.phones.map((phone) => html` <a href="tel:${phone.replace(/[^\d+]/g, "")}"><bdi dir="ltr">${phone}</bdi></a>`)}<br />
              ${line.text} ${line.hours ? html`(${line.hours})` : nothing}
              ${line.url ? html`<a href=${line.url} target="_blank" rel="noopener noreferrer"><bdi dir="ltr">${new URL(line.url).hostname}</bdi></a>` : nothing}
            </li>`,
          )}
        </ul>`
      : nothing}
  `;
}
