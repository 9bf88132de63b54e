package report

// htmlStyle is the page's style sheet, light and dark. It has no comments: html/template would take them out, and the
// hash would differ.
const htmlStyle = `
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --card: #ffffff; --ink: #1d2430; --faint: #5d6878; --rule: #dde2e9;
  --accent: #2f5d8a; --gives: #1a7f4b; --takes: #c0392b; --changes: #9a6700;
  --gives-paper: #e4f5ec; --takes-paper: #fdeae7; --changes-paper: #fdf3d9;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12161c; --card: #1a2029; --ink: #e3e8ef; --faint: #97a3b4; --rule: #2c3542;
    --accent: #7fb2e5; --gives: #56c98a; --takes: #f08779; --changes: #e0b04a;
    --gives-paper: #16301f; --takes-paper: #38191a; --changes-paper: #352a12;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
header, main { max-width: 1180px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 32px; }
main { padding-bottom: 64px; }
h1 { margin: 0 0 12px; font-size: 28px; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 0 0 12px; font-size: 18px; }
p { margin: 0 0 12px; }
.kicker { margin: 0 0 4px; color: var(--accent); font-weight: 600; letter-spacing: .04em; }
.tally { color: var(--faint); }
.pill { display: inline-block; padding: 2px 12px; border-radius: 999px; font-weight: 600; font-variant-numeric: tabular-nums; }
.pill.gives { color: var(--gives); background: var(--gives-paper); }
.pill.takes { color: var(--takes); background: var(--takes-paper); }
.pill.changes { color: var(--changes); background: var(--changes-paper); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 0 0 16px; }
dt { color: var(--faint); }
dd { margin: 0; overflow-wrap: anywhere; }
.hash { color: var(--faint); font-size: 12px; }
nav { display: flex; flex-wrap: wrap; gap: 8px 20px; padding: 10px 0; border-top: 1px solid var(--rule); border-bottom: 1px solid var(--rule); margin-bottom: 20px; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
section { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 20px; margin-bottom: 20px; }
.cards { list-style: none; margin: 0; padding: 0; display: grid; gap: 8px; }
.card { padding: 8px 14px; border-radius: 6px; border-left: 4px solid var(--changes); background: var(--changes-paper); overflow-wrap: anywhere; }
.card.mark { border-color: var(--takes); background: var(--takes-paper); }
.card strong { color: var(--takes); margin-right: 8px; }
.search { position: sticky; top: 0; z-index: 1; display: flex; align-items: center; gap: 12px; padding: 12px 0; margin: 0 0 8px; background: var(--paper); }
.search[hidden] { display: none; }
.search input { flex: 1; min-width: 0; padding: 8px 12px; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--rule); border-radius: 8px; }
.search input:focus-visible, button:focus-visible, a:focus-visible, pre:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.search output { color: var(--faint); font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; color: var(--faint); font-weight: 600; font-size: 13px; }
th, td { padding: 7px 12px 7px 0; vertical-align: top; }
td { border-top: 1px solid var(--rule); overflow-wrap: anywhere; }
tr.heading th { padding-top: 18px; color: var(--ink); font-size: 15px; }
tbody:first-child tr.heading th { padding-top: 0; }
td.sign { width: 26px; font-weight: 700; text-align: center; padding-right: 6px; }
tr.gives .sign, tr.gives .verb { color: var(--gives); }
tr.takes .sign, tr.takes .verb { color: var(--takes); }
tr.changes .sign { color: var(--changes); }
.verb { font-weight: 600; white-space: nowrap; }
b { font-weight: 600; white-space: nowrap; }
.why, .as { color: var(--faint); }
.as { white-space: nowrap; }
.rest { display: inline; }
.rest summary { display: inline; color: var(--accent); cursor: pointer; }
.legend { color: var(--faint); font-size: 13px; }
.legend span::before { content: ""; display: inline-block; width: 18px; border-top: 2px solid; vertical-align: middle; margin-right: 6px; }
.legend span { margin-right: 10px; }
.legend .gives { color: var(--gives); }
.legend .takes { color: var(--takes); }
.legend .takes::before { border-top-style: dashed; }
.legend .changes { color: var(--changes); }
svg { display: block; max-width: none; }
svg text { font-size: 12.5px; text-anchor: middle; fill: var(--ink); }
svg rect { fill: var(--card); stroke: var(--faint); stroke-width: 1.2; }
svg .object rect { fill: var(--paper); }
svg .gives rect { stroke: var(--gives); stroke-width: 2; fill: var(--gives-paper); }
svg .takes rect { stroke: var(--takes); stroke-width: 2; fill: var(--takes-paper); stroke-dasharray: 5 3; }
svg .changes rect { stroke: var(--changes); stroke-width: 2; fill: var(--changes-paper); }
svg .line { fill: none; stroke-width: 1.6; }
svg .line.gives { stroke: var(--gives); }
svg .line.takes { stroke: var(--takes); stroke-dasharray: 5 4; }
svg .line.changes { stroke: var(--changes); }
svg .head.gives { fill: var(--gives); }
svg .head.takes { fill: var(--takes); }
svg .head.changes { fill: var(--changes); }
svg .label { font-size: 10.5px; paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
svg .label.gives { fill: var(--gives); }
svg .label.takes { fill: var(--takes); }
svg .label.changes { fill: var(--changes); }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { margin: 0; padding: 16px; max-height: 70vh; overflow: auto; background: var(--paper); border: 1px solid var(--rule); border-radius: 8px; font-size: 12.5px; line-height: 1.55; }
button { padding: 4px 14px; font: inherit; font-weight: 600; color: var(--accent); background: none; border: 1px solid var(--accent); border-radius: 6px; cursor: pointer; }
button[hidden] { display: none; }
summary { cursor: pointer; }
@media print { nav, .search, button { display: none; } pre { max-height: none; white-space: pre-wrap; } section { break-inside: auto; } }
`
