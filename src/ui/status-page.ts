import { html, type Html } from "./html.ts";
import { renderLayout } from "./layout.ts";

export interface StatusPage {
  readonly base: string;
  readonly startTime: string;
  readonly build: Readonly<Record<string, string>>;
  readonly flags: Readonly<Record<string, string>>;
}

/** When the relay was started, from what, and how. */
export function renderStatusPage({ base, startTime, build, flags }: StatusPage): string {
  const body = html`<h2>Runtime</h2>
    ${table({ Started: startTime })}
    <h2>Build</h2>
    ${table(build)}
    <h2>Command-line flags</h2>
    ${table(flags)}`;
  return renderLayout(base, body);
}

function table(rows: Readonly<Record<string, string>>): Html {
  return html`<table>
    ${Object.entries(rows).map(
      ([name, value]) =>
        html`<tr>
          <th>${name}</th>
          <td>${value}</td>
        </tr> `,
    )}
  </table>`;
}
