/** Colours by name, so that light, dark and print differ in nothing else. Text has a contrast of 4.5 and more. */
const LIGHT = `--bg:#fff;--panel:#f6f8fa;--fg:#1b1f24;--muted:#57606a;--rule:#d0d7de;--grid:#e4e8ec;--ok:#1a7f37;--bad:#c4242b;--p1:#6f9bf2;--p2:#2f6fe4;--p3:#1e429f;--p4:#0b1f5e;--c1:#0f766e;--c2:#119c8d;--l1:#7c3aed;--w1:#c8410b;--s1:#2b8a3e;--x1:#c2255c`
const DARK = `--bg:#14171c;--panel:#1d2229;--fg:#e6edf3;--muted:#a3adb8;--rule:#3a424c;--grid:#2a3038;--ok:#56d364;--bad:#ff8b85;--p1:#c4d8ff;--p2:#8ab4ff;--p3:#5f93f8;--p4:#4a78d6;--c1:#4fd1c5;--c2:#2fb3a6;--l1:#bb9af7;--w1:#ffa657;--s1:#69db7c;--x1:#f783ac`
const CLASSES = ['p1', 'p2', 'p3', 'p4', 'c1', 'c2', 'l1', 'w1', 's1', 'x1']

export const STYLE: string = `
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:980px;margin:0 auto;padding:24px 20px 60px}
h1{font-size:1.5rem;line-height:1.25;margin:.2em 0 .4em}
h2{font-size:1.15rem;margin:2.2em 0 .3em}
p{margin:.4em 0;max-width:70ch}
.muted,.kicker,figcaption,caption{color:var(--muted)}
.kicker{margin:0;font-size:.9rem;overflow-wrap:anywhere}
.lead{font-size:1.1rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(205px,1fr));gap:12px;margin:1.2em 0;padding:0;list-style:none}
.tiles li{background:var(--panel);border:1px solid var(--rule);border-radius:8px;padding:12px 14px}
.tiles b{display:block;font-size:1.45rem;line-height:1.2}
.scroll,.chart{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.9rem}
th,td{padding:5px 8px;text-align:right;border-bottom:1px solid var(--rule);white-space:nowrap}
th:first-child,td:first-child{text-align:left;padding-left:0}
th{font-weight:600;color:var(--muted)}
.ok{color:var(--ok)}.bad{color:var(--bad)}
svg{display:block;width:100%;min-width:680px;height:auto;font-size:13px}
svg text{fill:var(--fg)}svg text.muted{fill:var(--muted)}
svg text.halo{paint-order:stroke;stroke:var(--bg);stroke-width:4px;stroke-linejoin:round}
path{fill:none;stroke:var(--c,var(--fg));stroke-width:2}
path.grid{stroke:var(--grid);stroke-width:1}
path.axis{stroke:var(--rule);stroke-width:1}
path.model{stroke-dasharray:6 5;stroke-width:1.5}
path.faint{stroke-dasharray:2 4;stroke-width:1.2;stroke:var(--muted)}
path.tick{stroke-width:1}
path.now{stroke:var(--muted);stroke-width:1.5;stroke-dasharray:4 3}
path.median{stroke:var(--bg);stroke-width:3}
.area{fill:var(--c);fill-opacity:.35;stroke-width:1}
.box{fill:var(--c)}
.dot{fill:var(--c);stroke:var(--bg);stroke-width:1.5}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 18px;padding:0;margin:.4em 0;font-size:.9rem}
.legend i{display:inline-block;width:18px;height:3px;background:var(--c);vertical-align:middle;margin-right:7px}
.legend i.dashed{background:none;border-top:2px dashed var(--muted)}
ul.plain{padding-left:1.2em;max-width:75ch}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 18px;font-size:.92rem}
dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}
code{font:0.92em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.warn{border-left:4px solid var(--w1);background:var(--panel);padding:8px 14px;margin:1em 0}
${CLASSES.map((name) => `.${name}{--c:var(--${name})}`).join('')}
@media (max-width:500px){dl{grid-template-columns:1fr}dd{margin-bottom:6px}}
@page{margin:12mm}
@media print{.tiles{grid-template-columns:repeat(4,1fr)}:root{color-scheme:light;${LIGHT}}body{font-size:11pt}main{max-width:none;padding:0 1px}svg{min-width:0}.scroll,.chart{overflow:visible}table{font-size:8pt}th,td{padding:3px}h2,p.muted{break-after:avoid}section:has(svg),p,tr,.tiles,.warn,dd{break-inside:avoid}th,td{white-space:normal;vertical-align:bottom}.tiles li,.warn,.legend i{print-color-adjust:exact}}
`
