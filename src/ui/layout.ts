import { html, type Html } from "./html.ts";

/** What all pages have around them. `base` is the path before all links, without a slash at its end. */
export function renderLayout(base: string, body: Html): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="robots" content="noindex,nofollow" />
        <meta name="viewport" content="width=device-width" />
        <title>Prometheus Pushgateway</title>
        <link rel="stylesheet" href="${base}/static/style.css" />
        <script src="${base}/static/functions.js" defer></script>
      </head>
      <body data-base="${base}">
        <nav><b>Sluice</b> <a href="${base}/">Groups</a> <a href="${base}/status">Status</a></nav>
        ${body}
      </body>
    </html> `;
  return page.html;
}
