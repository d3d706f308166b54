/** The report's one style sheet: colours of the charts, figures that line up, a page that prints. */
export const style = `
:root {
  color-scheme: light;
  --ground: #ffffff; --text: #1a1d23; --muted: #5b6270; --rule: #e2e5ea; --soft: #f6f7f9; --link: #0b5fa5;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark;
    --ground: #15181e; --text: #eceef2; --muted: #a2a9b8; --rule: #2f3541; --soft: #1c2028; --link: #7cc3f7;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0 auto; padding: 3rem 1.5rem 4rem; max-width: 63rem; background: var(--ground); color: var(--text);
  font: 1rem/1.55 Inter, system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}
h1, h2, h3 { line-height: 1.2; letter-spacing: -0.015em; margin: 0; text-wrap: balance; }
h1 { font-size: 2.25rem; letter-spacing: -0.025em; }
h2 { font-size: 1.5rem; scroll-margin-top: 1rem; }
h3 { font-size: 0.8125rem; letter-spacing: 0.02em; color: var(--muted); margin-top: 1.25rem; }
p { margin: 0.5rem 0; }
a { color: var(--link); text-underline-offset: 0.2em; text-decoration-thickness: from-font; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible, pre:focus-visible {
  outline: 2px solid var(--link); outline-offset: 2px;
}
code, pre { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; font-size: 0.875em; }
header p, .about, .muted, .parameters, footer { color: var(--muted); }
.about { max-width: 44rem; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 1.25rem 0 0; padding: 0; }
section { margin-top: 3.5rem; }
header + main > section:first-child { margin-top: 2rem; padding-top: 2rem; border-top: 1px solid var(--rule); }
dl, dd { margin: 0; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 0.75rem; margin-top: 0.5rem; }
.cards > div { background: var(--soft); border-radius: 0.5rem; padding: 0.875rem; }
.cards dt, .cards dd { font-size: 0.8125rem; color: var(--muted); line-height: 1.45; }
.cards .value { color: var(--text); font-size: 1.1875rem; font-weight: 600; letter-spacing: -0.02em; line-height: 1.5; }
.cards .value small { font-size: 0.8125rem; font-weight: 400; letter-spacing: 0; }
.parameters, .refusals { list-style: none; margin: 0.75rem 0 0; padding: 0; font-size: 0.9375rem; }
.parameters code { color: var(--text); background: var(--soft); border-radius: 0.25rem; padding: 0.125rem 0.375rem; }
figure { margin: 1.25rem -0.5rem 0; position: relative; overflow: clip; }
figure[data-scales] i, figure[data-scales] b { display: none; position: absolute; pointer-events: none; }
figure.pointed i, figure.pointed b { display: block; }
figure i { border: 0 dashed var(--muted); border-width: 1px 0 0 1px; }
figure b {
  background: var(--text); color: var(--ground); border-radius: 0.25rem; padding: 0.125rem 0.5rem;
  font-size: 0.8125rem; font-weight: 500; white-space: pre;
}
img { display: block; max-width: 100%; height: auto; }
figure.large img { max-width: none; width: 250%; }
figure.large .scroll { overflow: auto; }
@media (scripting: enabled) { figure[data-scales] img { cursor: zoom-in; } figure.large[data-scales] img { cursor: zoom-out; } }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin-top: 1.25rem; font-size: 0.875rem; line-height: 1.35; }
caption { text-align: left; color: var(--muted); font-size: 0.8125rem; padding-bottom: 0.375rem; }
th { font-weight: 600; text-align: left; vertical-align: bottom; white-space: nowrap; }
th small { display: block; font-weight: 400; font-size: 0.75rem; color: var(--muted); }
th, td { padding: 0.375rem 0.75rem; border-bottom: 1px solid var(--rule); }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
td { white-space: nowrap; }
.double, .integer { text-align: right; }
details { margin-top: 0.5rem; }
summary, .links { font-size: 0.9375rem; }
summary { cursor: pointer; color: var(--muted); }
.columns { margin: 0.75rem 0; font-size: 0.875rem; }
.columns > div { display: grid; grid-template-columns: 11rem 1fr; gap: 0.75rem; padding: 0.125rem 0; }
.columns dd { color: var(--muted); }
pre { background: var(--soft); border-radius: 0.5rem; padding: 1rem; overflow-x: auto; line-height: 1.5; margin: 0; }
footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--rule); font-size: 0.8125rem; }
@media (max-width: 40rem) {
  body { padding: 1.5rem 1rem 3rem; }
  h1 { font-size: 1.75rem; }
  .cards { grid-template-columns: 1fr 1fr; gap: 0.5rem; }
  .cards > div { padding: 0.75rem; }
  .cards .value { font-size: 1.125rem; }
  img { max-width: none; width: 42rem; }
  .columns > div { grid-template-columns: 1fr; gap: 0; }
}
@media print {
  body { padding: 0; max-width: none; font-size: 10pt; }
  nav, .links, details { display: none; }
  section { margin-top: 1.5rem; }
  figure, tr, .cards > div { break-inside: avoid; }
  h2, .about { break-after: avoid; }
  .cards > div { border: 1px solid var(--rule); }
  .scroll { overflow: visible; height: auto !important; }
  figure.large img { width: 100%; }
  figure.pointed i, figure.pointed b { display: none; }
}
`;
