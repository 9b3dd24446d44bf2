/** What pages load from `/static/`, by name. They hold no script and no style themselves, so a strict policy can forbid both. */
export const STATIC_FILES: ReadonlyMap<string, { readonly type: string; readonly text: string }> = new Map([
  [
    "functions.js",
    {
      type: "text/javascript; charset=utf-8",
      text: `"use strict";
// Series are fetched when a group is opened: a relay may hold a million of them.
const MOST_ROWS = 1000;
const base = document.body.dataset.base;

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

function valueText(metric) {
  if ("value" in metric) return metric.value;
  const parts = Array.isArray(metric.buckets)
    ? metric.buckets.map(([, from, to, count]) => from + " to " + to + ": " + count)
    : Object.entries(metric.quantiles ?? metric.buckets ?? {}).map(([bound, value]) => bound + ": " + value);
  return [...parts, "count: " + metric.count, "sum: " + metric.sum].join(", ");
}

function labelsText(labels) {
  return Object.entries(labels).map(([name, value]) => name + "=" + JSON.stringify(value)).join(", ");
}

function familyElement([name, family]) {
  const table = element("table");
  for (const metric of family.metrics.slice(0, MOST_ROWS)) {
    table.append(element("tr", undefined, element("td", labelsText(metric.labels)), element("td", valueText(metric))));
  }
  const more = family.metrics.length - MOST_ROWS;
  if (more > 0) table.append(element("tr", undefined, element("td", "and " + more + " more")));
  const about = family.type.toLowerCase() + ", pushed " + family.time_stamp + (family.help ? ": " + family.help : "");
  return element("section", undefined, element("h3", name), element("p", about), table);
}

async function open(group) {
  const into = group.querySelector(".families");
  into.textContent = "loading";
  const query = new URLSearchParams({ group: group.dataset.group });
  try {
    const answer = await fetch(base + "/api/v1/metrics?" + query);
    const { data, error } = await answer.json();
    if (error !== undefined) throw new Error(error);
    const families = Object.entries(data[0] ?? {}).filter(([, family]) => Array.isArray(family.metrics));
    into.replaceChildren(...families.map(familyElement));
    if (data.length === 0) into.textContent = "The group is gone.";
  } catch (error) {
    into.textContent = "It cannot be loaded: " + error.message;
  }
}

async function send(method, path) {
  const answer = await fetch(base + path, { method });
  if (!answer.ok) alert(await answer.text());
  return answer.ok;
}

async function remove(group) {
  if (!confirm("Delete the group and all its metrics?")) return;
  if (await send("DELETE", "/metrics" + group.dataset.group)) group.remove();
}

async function wipe(button) {
  if (!confirm("Delete all " + button.dataset.wipe + " groups?")) return;
  if (await send("PUT", "/api/v1/admin/wipe")) location.reload();
}

document.addEventListener("toggle", ({ target }) => {
  if (target.open && target.dataset.group !== undefined) void open(target);
}, true);
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.delete !== undefined) {
    event.preventDefault();
    void remove(button.closest("details"));
  }
  if (button?.dataset.wipe !== undefined) void wipe(button);
});
`,
    },
  ],
  [
    "style.css",
    {
      type: "text/css; charset=utf-8",
      text: `body { font: 15px/1.5 system-ui, sans-serif; margin: 1rem auto; max-width: 70rem; padding: 0 1rem; }
nav a { margin-left: 1rem; }
details { border-top: 1px solid #ddd; padding: 0.4rem 0; }
summary { cursor: pointer; }
summary button { float: right; }
code { background: #eef; border-radius: 3px; padding: 0 0.3rem; }
.failed { color: #b00; }
small { color: #666; }
table { border-collapse: collapse; }
th, td { border-bottom: 1px solid #eee; padding: 0.1rem 0.6rem; text-align: left; vertical-align: top; word-break: break-word; }
`,
    },
  ],
]);
