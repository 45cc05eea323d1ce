/** The style of the report's page. */
export const style = `
:root { color-scheme: light dark; --ink: #1c1f26; --paper: #fff; --soft: #667085; --line: #e3e6ec; --tint: #f5f7fa; --accent: #2f5bea; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e7e9ee; --paper: #14161b; --soft: #9aa3b2; --line: #2b303a; --tint: #1b1f27; --accent: #8fb0ff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.6 Georgia, "Times New Roman", serif; }
header, main { max-width: 56rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 3rem; }
h1, h2, h3, th, nav, small, figcaption, summary, .labels, .parameters { font-family: system-ui, sans-serif; }
h1 { font-size: 2.1rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.5rem; margin: 3.5rem 0 .25rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 0; }
a { color: var(--accent); }
nav ol { columns: 15rem; padding-left: 1.5rem; font-size: .95rem; }
.summary { color: var(--soft); font-style: italic; margin-top: 0; }
.formula { overflow-x: auto; overflow-y: hidden; text-align: center; }
math { font-size: 1.08em; }
.algorithm { border: 1px solid var(--line); border-radius: 8px; padding: .75rem 1rem; margin: 1rem 0; background: var(--tint); }
.algorithm ol { margin: .5rem 0 0; padding-left: 2rem; }
.algorithm li { padding-left: calc(var(--depth) * 1.5rem); }
figure { margin: 1.75rem 0; }
figcaption { color: var(--soft); font-size: .9rem; line-height: 1.45; margin-top: .5rem; max-width: 46rem; }
.pixels { max-width: 100%; height: auto; image-rendering: pixelated; background: #fff; border-radius: 6px; }
.diagram { max-width: 100%; min-width: min(100%, 40rem); height: auto; border-radius: 6px; }
.wide { width: min(94vw, 88rem); margin-left: 50%; transform: translateX(-50%); }
.wide .diagram { min-width: 52rem; }
.wide figcaption { margin-left: auto; margin-right: auto; }
.labels { display: flex; justify-content: space-around; margin: 0; color: var(--soft); font-size: .8rem; }
.scroll { overflow-x: auto; }
.sheet { position: absolute; width: 0; height: 0; }
figure table { border-collapse: collapse; }
figure th { color: var(--soft); font-size: .78rem; font-weight: 500; line-height: 1.25; padding: .15rem .3rem; }
figure th[scope="row"] { text-align: right; width: 8rem; min-width: 5.5rem; padding-right: .6rem; }
figure td { padding: .2rem; text-align: center; vertical-align: top; }
figure td svg { display: block; width: var(--shown); min-width: 56px; max-width: 100%; margin: 0 auto; image-rendering: pixelated; border-radius: 4px; outline: 1px solid var(--line); }
figure td small { display: block; color: var(--soft); font-size: .72rem; line-height: 1.3; margin-top: .2rem; }
details { color: var(--soft); font-size: .85rem; }
summary { cursor: pointer; }
.parameters th { text-align: left; vertical-align: top; font-weight: 500; padding: .1rem 1rem .1rem 0; }
.parameters td { overflow-wrap: anywhere; }
@media (max-width: 40rem) { body { font-size: 16px; } figure th[scope="row"] { min-width: 4rem; } }
@media print { details { display: none; } h2 { break-after: avoid; } figure { break-inside: avoid; } }
`;
