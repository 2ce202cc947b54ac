'use strict';
// The page of `juesuan report --html`. Values are text as in the dataset: numbers are made of them only to sort and to draw.
const WORDS = {
  skip: ['跳到内容', 'Skip to content'], search: ['搜索单位或文件', 'Search units or files'], print: ['打印', 'Print'], opening: ['正在打开…', 'Opening …'],
  compare: ['比较', 'Compare'], budget: ['预算与决算', 'Budget and final'], contradictions: ['矛盾', 'Contradictions'], coverage: ['覆盖', 'Coverage'],
  indicator: ['指标', 'Indicator'], year: ['年度', 'Year'], caliber: ['层级和口径', 'Level and caliber'], region: ['区划代码开头', 'Region code begins with'], called: ['单位名称包含', 'Unit name contains'], order: ['排序', 'Order'],
  high: ['从大到小', 'Largest first'], low: ['从小到大', 'Smallest first'], all: ['全部', 'All'], unit: ['单位', 'Unit'], value: ['数值', 'Value'], rank: ['名次', 'Rank'], draw: ['画线', 'Draw'],
  mixed: ['现在把不同层级或口径放在一起：汇总数包含下属单位，不能与本级相比。请选择一种口径。', 'Different levels or calibers stand together: a consolidated figure contains the member units and cannot be compared with the unit itself. Choose one.'],
  nocaliber: ['这些决算没有写明层级或口径：比较前请看原文。', 'These accounts do not state their level or caliber: look at the document before you compare.'],
  ranked: ['排名', 'Ranking'], overyears: ['历年', 'Over the years'], more: ['再显示', 'Show more'], without: ['没有可比数值的决算', 'Accounts without a value'], none: ['没有数据。', 'Nothing.'],
  over: ['超预算', 'Above budget'], within: ['未超预算', 'Not above budget'], notjudged: ['不能判断', 'Cannot be judged'], excess: ['超支额（元）', 'Excess, yuan'], rate: ['超支率', 'Excess, %'], spent: ['决算数', 'Final'], planned: ['预算数', 'Budget'], basis: ['预算口径', 'Budget basis'], item: ['项目', 'Item'], why: ['原因', 'Why'],
  line: ['斜线：决算等于预算。线上方是超预算。', 'On the line final equals budget; above it more was spent.'],
  severity: ['程度', 'Severity'], s_high: ['严重', 'high'], s_medium: ['中等', 'medium'], s_low: ['轻微', 'low'], rule: ['规则', 'Rule'], text: ['文字包含', 'Text contains'],
  evidence: ['依据', 'Evidence'], printed: ['原文', 'As printed'], file: ['文件', 'File'], page: ['页', 'Page'], address: ['网址', 'Address'], hash: ['文件 sha256', 'sha256 of the file'], figure: ['数据编号', 'Figure'], held: ['印证', 'Identities that hold it'], failed: ['不符', 'Identities that fail through it'], cite: ['引用', 'Cite'], close: ['关闭', 'Close'], sources: ['由这些数据算出', 'Computed from'], identities: ['勾稽关系', 'Identities'],
  sketch: ['按数据重画的页面局部，不是照片；原页图片用 juesuan evidence 生成。', 'Part of the page redrawn from the data, no photograph; juesuan evidence gives the picture of the page.'],
  row: ['按数据重画的一行（文件没有页）', 'The row redrawn from the data (the file has no pages)'],
  tables: ['各表（按原文）', 'Tables as printed'], indicators: ['主要指标', 'Indicators'], missing: ['缺少的表', 'Missing forms'], documents: ['份文件', 'Documents'], unreadable: ['没有读出数据的文件', 'Documents without data'], status: ['状态', 'Status'],
  accounts: ['份决算', 'accounts'], units: ['个单位', 'units'], figures: ['个数据', 'figures'], proven: ['个已印证', 'proven'], differ: ['有多个版本，这个数值各版本不同，哪个最新不明。', 'Several versions are published and this value differs between them; which is newest is not known.'], agree: ['有多个版本，这个数值相同。', 'Several versions are published; this value is the same in all.'], superseded: ['已有新版', 'superseded'],
  covernote: ['格内：识别的表数 / 当年通常公布的表数。橙色：缺表。', 'In a cell: forms found / forms that most accounts of the year have. Orange: forms are missing.'],
  nothing: ['没有矛盾。', 'No contradiction.'], yuan: ['元', 'yuan'], wanyuan: ['万元', '10,000 yuan'], yiyuan: ['亿元', '100 million yuan'], revenue: ['收入', 'Revenue'], expenditure: ['支出', 'Expenditure'],
  department: ['部门', 'department'], l_unit: ['单位', 'unit'], consolidated: ['汇总', 'consolidated'], self_only: ['本级', 'unit itself'], single: ['单个单位', 'single unit'], unknown: ['未写明', 'not stated'],
  chosen: ['所选单位', 'Chosen units'],
  number: ['数值', 'number'], blank: ['空白', 'blank'], dash: ['短横线', 'a dash'], words: ['文字', 'words'], not_printed: ['未公布', 'not printed'], printed_not_read: ['原文似有，未能读出', 'printed or perhaps printed, not read'], ambiguous: ['原文有两个不同的数', 'two values are printed'], no_base: ['分母为零', 'the denominator is zero'], unproven: ['由图像识别，未经印证', 'read from a picture and held by no identity'],
  budget_blank: ['预算数为空白', 'the budget is blank'], budget_dash: ['预算数为短横线', 'the budget is a dash'], budget_text: ['预算数处为文字', 'words stand in place of the budget'], budget_not_printed: ['未公布预算数', 'no budget is printed'], budget_printed_not_read: ['预算数未能读出', 'the budget was not read'], budget_ambiguous: ['有两个不同的预算数', 'two budgets are printed'], budget_unproven: ['预算数由图像识别，未经印证', 'the budget was read from a picture and is held by no identity'],
  final_blank: ['决算数为空白', 'the final is blank'], final_dash: ['决算数为短横线', 'the final is a dash'], final_text: ['决算数处为文字', 'words stand in place of the final'], final_not_printed: ['未公布决算数', 'no final is printed'], final_printed_not_read: ['决算数未能读出', 'the final was not read'], final_ambiguous: ['有两个不同的决算数', 'two finals are printed'], final_unproven: ['决算数由图像识别，未经印证', 'the final was read from a picture and is held by no identity'],
  within_rounding: ['差额在四舍五入范围内', 'rounding alone may make the difference'], document_not_readable: ['文件为扫描件，未识别', 'the document is a scan that was not read'], document_failed: ['文件未能读取', 'the document could not be read'], document_unknown: ['文件种类不明', 'it is not known what the document is'],
  final_account: ['决算', 'final account'], budget_document: ['预算', 'budget'], template: ['空白模板', 'template'], other: ['其他', 'other'],
  extracted: ['已读取', 'read'], partial: ['部分读取', 'read in part'], not_readable: ['未能识别', 'not readable'], joined: ['并入另一文件', 'joined with another file'], split: ['拆为多份', 'split into accounts'], not_a_final_account: ['不是决算', 'no final account'], failed_document: ['读取失败', 'failed'], unknown_document: ['种类不明', 'unknown'],
  look: ['引用前请看原页：其他数字与此矛盾。', 'Look at the page before you quote it: other figures contradict it.'], foot: ['数据来自公布的决算文件；数值与原文一致，空白不是零。', 'From published final accounts; values are as printed, a blank is not zero.'],
};
let lang = document.documentElement.lang === 'en' ? 1 : 0;
const t = key => (WORDS[key] || [key, key])[lang];
/** A word of the dataset: some of them are words of the page already, with another meaning. */
const APART = { budget: 'budget_document', failed: 'failed_document', unknown: 'unknown_document', text: 'words' };
const tw = id => t(APART[id] || id);
const el = (name, set = {}, ...inside) => {
  const node = document.createElement(name);
  for (const [k, v] of Object.entries(set)) {
    if (v === undefined || v === null || v === false) continue;
    if (k.startsWith('on')) node.addEventListener(k.slice(2), v); else if (k === 'class') node.className = v; else node.setAttribute(k, v === true ? '' : v);
  }
  for (const i of inside.flat()) if (i !== null && i !== undefined) node.append(i);
  return node;
};
const svg = (name, set, text) => {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [k, v] of Object.entries(set)) node.setAttribute(k, v);
  if (text !== undefined) node.textContent = text;
  return node;
};

// --- data ---------------------------------------------------------------------------------------------------------------
let core, accounts, byUnit, findingsOf, years, series;
const blocks = new Map();
async function unpack(id) {
  const bytes = Uint8Array.from(atob(document.getElementById(id).textContent), c => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return JSON.parse(await new Response(stream).text());
}
const D = { id: 0, file: 1, url: 2, key: 3, name: 4, year: 5, level: 6, caliber: 7, region: 8, kind: 9, status: 10, pages: 11, versions: 12, superseded: 13, forms: 14, facts: 15, held: 16, error: 17, code: 18 };
const doc = n => core.documents[n];
const F = { n: 0, form: 1, table: 2, side: 3, item: 4, code: 5, name: 6, total: 7, measure: 8, printed: 9, unit: 10, state: 11, page: 12, x0: 13, y0: 14, x1: 15, y1: 16, held: 17, failed: 18, sub: 19, head: 20 };
const S = { n: 0, section: 1, subject: 2, slot: 3, printed: 4, unit: 5, page: 6, box: 7, held: 11, failed: 12 };
/** The facts and statements of a document, as rows with their words. */
async function content(n) {
  const b = Math.floor(n / core.block);
  // A few blocks stay open; an unknown number of them would fill the memory.
  if (!blocks.has(b)) {
    if (blocks.size >= 8) blocks.delete(blocks.keys().next().value);
    blocks.set(b, unpack('block-' + b));
  }
  const block = await blocks.get(b), w = i => (i === null ? null : block.words[i]), k = n % core.block;
  /** Rows from columns: words for their numbers, ordinals from steps, corners from widths and heights. */
  const rows = (columns, words, x) => {
    const own = columns.map(c => c[k]);
    let ordinal = 0;
    return own[0].map((_, i) => {
      const row = own.map(c => c[i]);
      for (const c of words) row[c] = w(row[c]);
      row[0] = ordinal += row[0];
      row[x + 2] += row[x]; row[x + 3] += row[x + 1];
      return row;
    });
  };
  const facts = rows(block.facts, [F.form, F.side, F.item, F.code, F.name, F.measure, F.unit, F.sub, F.head], F.x0);
  const said = rows(block.statements, [S.section, S.subject, S.slot, S.unit], S.box).map(s => { s[S.box] = s.slice(S.box, S.box + 4); return s; });
  return { facts, said };
}
const word = i => (i === null ? null : core.words[i]);
const named = (form, id) => { const n = (core.names[form] || {})[id] || (core.names[''] || {})[id]; return n ? n[lang] : id; };
const formName = id => { const f = core.forms.find(f => f[0] === id); return f ? f[1 + lang] : id; };
const who = d => d[D.name] || d[D.file];
const kindOf = d => (d[D.level] || '') + '|' + (d[D.caliber] || '');
const kindName = k => { const [l, c] = k.split('|'); return [l === 'unit' ? t('l_unit') : t(l || 'unknown'), t(c || 'unknown')].join(' · '); };
const plain = v => { const [a, b] = v.split('.'); return a.replace(/\B(?=(\d{3})+$)/g, ',') + (b ? '.' + b : ''); };
/** A value as people read it; the exact text stands in its title. */
function shown(v, unit) {
  if (v === null) return '—';
  if (unit === 'ratio') return (Number(v) * 100).toFixed(1) + '%';
  // A quotient has eight decimals, which nobody printed.
  const cut = /\.\d{3,}/.test(v) ? Number(v).toFixed(2) : v;
  return plain(unit === 'yuan' && cut.includes('.') ? cut.replace(/\.(\d)$/, '.$10') : cut);
}
const short = n => { const a = Math.abs(n); return a >= 1e8 ? +(n / 1e8).toPrecision(4) + (lang ? ' ×10⁸' : '亿') : a >= 1e4 ? +(n / 1e4).toPrecision(4) + (lang ? ' ×10⁴' : '万') : String(+n.toPrecision(6)); };
const count = (list, key) => { const m = new Map(); for (const x of list) { const k = key(x); m.set(k, (m.get(k) || 0) + 1); } return m; };
const most = m => [...m].sort((a, b) => b[1] - a[1])[0]?.[0];

/** The unit of an indicator, as it stands behind its name. */
const unitName = unit => (unit === 'yuan' ? t('yuan') : unit === 'ratio' ? '%' : '');
const inUnit = (name, unit) => (unitName(unit) ? lang ? `${name} (${unitName(unit)})` : `${name}（${unitName(unit)}）` : name);

// --- parts of the page --------------------------------------------------------------------------------------------------------
const main = () => document.getElementById('main');
const unitLink = d => d[D.key] ? el('a', { href: '#/unit/' + encodeURIComponent(d[D.key]) }, who(d)) : el('span', {}, who(d));
/** A figure that leads to its evidence. */
function figure(n, sources, text, title, exact) {
  if (!sources) return el('span', {}, text);
  return el('button', { type: 'button', class: 'figure', title: exact, 'aria-label': `${text} ${title || ''}: ${t('evidence')}`, 'data-source': n + ':' + sources, 'data-value': exact, onclick: () => evidence(n, sources, title) }, text);
}
function choice(key, options, value, change) {
  const box = el('select', { id: 'f-' + key, onchange: e => change(e.target.value) });
  for (const [v, name] of options) { const o = el('option', { value: v }, name); if (String(v) === String(value)) o.selected = true; box.append(o); }
  return el('label', {}, t(key), box);
}
function typed(key, value, change) { return el('label', {}, t(key), el('input', { id: 'f-' + key, value: value || '', size: 12, onchange: e => change(e.target.value.trim()) })); }
/** A list of which the first hundred are shown, and more when asked. */
function listed(box, all, make, step = 100) {
  let n = 0;
  const more = el('button', { type: 'button', class: 'more', onclick: () => grow() });
  const grow = () => {
    box.append(...all.slice(n, n + step).map((x, i) => make(x, n + i)));
    n = Math.min(all.length, n + step);
    more.hidden = n >= all.length;
    more.textContent = `${t('more')} (${all.length - n})`;
  };
  grow();
  return more;
}
/** A wide table: reached and moved by keyboard too. */
const wide = (name, table) => el('div', { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': name }, table);
let drawn = [];
const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const seriesColor = n => color('--s' + (n % SERIES + 1));
const SERIES = 8;
/** `options` is a function: a chart is made anew where the colours change, from light to dark or for paper. */
function plot(box, options, data, height = 320) {
  let chart;
  const make = () => {
    if (chart) chart.destroy();
    const set = options(), axis = { stroke: color('--soft'), grid: { stroke: color('--line'), width: 1 }, ticks: { stroke: color('--line') } };
    chart = new uPlot({ legend: { show: false }, ...set, axes: set.axes.map(a => ({ ...axis, ...a })), width: Math.max(240, box.clientWidth), height }, data, box);
  };
  make();
  drawn.push({ box, make, fit: () => chart.setSize({ width: Math.max(240, box.clientWidth), height }) });
}
const repaint = paper => { document.documentElement.classList.toggle('paper', paper); for (const d of drawn) if (d.box.isConnected) d.make(); };
addEventListener('resize', () => { for (const d of drawn) if (d.box.isConnected) d.fit(); });
addEventListener('beforeprint', () => repaint(true));
addEventListener('afterprint', () => repaint(false));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => repaint(false));
const go = (view, set) => { location.hash = '#/' + view + '?' + new URLSearchParams(set); };

/** The last year of which most is there: not the one that only few have published yet. */
function latest() {
  const n = count(accounts, a => a.d[D.year]), top = Math.max(0, ...n.values());
  return Math.max(0, ...[...n].filter(([, c]) => c * 2 >= top).map(([y]) => y));
}

// --- compare --------------------------------------------------------------------------------------------------------------------
function compare(q) {
  const i = Math.max(0, core.indicators.findIndex(x => x[0] === (q.get('i') || 'expenditure_current')));
  const unit = core.indicators[i][3], name = core.indicators[i][1 + lang];
  const year = Number(q.get('y')) || latest();
  const kind = q.get('k') || most(count(accounts.filter(a => a.d[D.year] === year), a => kindOf(a.d))) || 'all';
  const region = q.get('r') || '', called = q.get('n') || '', low = q.get('o') === 'low';
  const state = { i: core.indicators[i][0], y: year, k: kind, r: region, n: called, o: low ? 'low' : 'high' };
  // Of several words, parted by blanks, one has to stand in the name; the rank stays that among all.
  const names = called.split(/\s+/).filter(Boolean), asks = a => !names.length || names.some(n => who(a.d).includes(n));
  const set = key => v => go('compare', { ...state, [key]: v });
  const inYear = accounts.filter(a => a.d[D.year] === year && (a.d[D.region] || '').startsWith(region));
  const kinds = [...count(inYear, a => kindOf(a.d))].sort((a, b) => b[1] - a[1]);
  const asked = inYear.filter(a => kind === 'all' || kindOf(a.d) === kind);
  const ranked = asked.filter(a => a.rows[i] && a.rows[i][0] !== null).map(a => ({ a, v: Number(a.rows[i][0]) })).sort((x, y) => (low ? x.v - y.v : y.v - x.v) || x.a.n - y.a.n);
  ranked.forEach((r, n) => { r.rank = n + 1; });
  const rows = ranked.filter(r => asks(r.a));
  const top = Math.max(...rows.map(r => Math.abs(r.v)), 0) || 1;
  const chosen = new Set(rows.slice(0, 5).map(r => seriesOf(r.a.d)));
  const chart = el('div', { class: 'chart', role: 'img', 'aria-label': `${t('overyears')}: ${name}` }), values = el('div');
  const redraw = () => overYears(chart, values, [...chosen], i);
  const body = el('tbody');
  const more = listed(body, rows, ({ a, v, rank }) => {
    const s = seriesOf(a.d);
    return el('tr', {}, el('td', { class: 'n' }, String(rank)),
      el('td', {}, unitLink(a.d), a.versions.length ? el('div', { class: 'soft' }, a.versions.some(o => (o.rows[i] || [null])[0] !== a.rows[i][0]) ? t('differ') : t('agree')) : null, kind === 'all' ? el('div', { class: 'soft' }, kindName(kindOf(a.d))) : null),
      el('td', { class: 'n' }, figure(a.n, a.rows[i][2], shown(a.rows[i][0], unit), `${who(a.d)} ${year} ${name}`, a.rows[i][0])),
      el('td', { class: 'bar', 'aria-hidden': 'true' }, el('div', {}, el('i', { class: v < 0 ? 'minus' : '', style: `width:${(Math.abs(v) / top * 100).toFixed(2)}%` }))),
      el('td', {}, el('input', { type: 'checkbox', 'aria-label': `${t('draw')}: ${who(a.d)}`, checked: chosen.has(s), onchange: e => { e.target.checked ? chosen.add(s) : chosen.delete(s); redraw(); } })));
  }, innerWidth < 992 ? 20 : 100);
  const without = asked.filter(a => asks(a) && (!a.rows[i] || a.rows[i][0] === null));
  const missing = el('ul');
  const rest = listed(missing, without, a => el('li', {}, unitLink(a.d), ' ', el('span', { class: 'soft' }, tw(a.rows[i] ? word(a.rows[i][1]) : 'not_printed'))));
  main().replaceChildren(
    el('h2', {}, `${inUnit(name, unit)} · ${year}`),
    el('div', { class: 'filters' },
      choice('indicator', core.indicators.map(x => [x[0], x[1 + lang]]), state.i, set('i')), choice('year', years.map(y => [y, y]), year, set('y')),
      choice('caliber', [...kinds.map(([k, n]) => [k, `${kindName(k)} (${n})`]), ['all', t('all')]], kind, set('k')), typed('region', region, set('r')), typed('called', called, set('n')),
      choice('order', [['high', t('high')], ['low', t('low')]], state.o, set('o'))),
    kind === 'all' && kinds.length > 1 ? el('p', { class: 'note', role: 'note' }, t('mixed')) : kind === '|' ? el('p', { class: 'note', role: 'note' }, t('nocaliber')) : '',
    el('div', { class: 'split' },
      el('section', { 'aria-label': t('ranked') }, el('h3', {}, `${t('ranked')} (${rows.length === ranked.length ? rows.length : rows.length + '/' + ranked.length})`), rows.length ? wide(t('ranked'), el('table', { id: 'ranking' },
        el('thead', {}, el('tr', {}, el('th', { class: 'n', scope: 'col' }, '#'), el('th', { scope: 'col' }, t('unit')), el('th', { class: 'n', scope: 'col' }, inUnit(t('value'), unit)), el('td', { class: 'bar' }), el('th', { scope: 'col' }, t('draw')))), body)) : el('p', {}, t('none')), more),
      el('section', { 'aria-label': t('overyears') }, el('h3', {}, `${t('overyears')} · ${inUnit(name, unit)}`), chart, values)),
    without.length ? el('details', {}, el('summary', {}, `${t('without')} (${without.length})`), missing, rest) : '');
  redraw();
}
const seriesOf = d => [d[D.key], kindOf(d)].join('|');
function overYears(box, table, chosen, i) {
  drawn = drawn.filter(d => d.box !== box);
  box.replaceChildren(); table.replaceChildren();
  const unit = core.indicators[i][3];
  const lines = chosen.map(s => ({ s, all: series.get(s) || [] })).filter(l => l.all.some(a => a.rows[i] && a.rows[i][0] !== null)).slice(0, SERIES);
  if (!lines.length) { box.append(el('p', { class: 'soft' }, t('none'))); return; }
  const at = (l, y) => l.all.find(a => a.d[D.year] === y && a.rows[i] && a.rows[i][0] !== null);
  // From the first year that one of them published to the last; a year between that nobody published is a gap, not a line across it.
  const own = years.filter(y => lines.some(l => at(l, y))), from = own[0], to = own[own.length - 1];
  const span = Array.from({ length: to - from + 1 }, (_, n) => from + n);
  const data = [span, ...lines.map(l => span.map(y => { const a = at(l, y); return a ? Number(a.rows[i][0]) : null; }))];
  const label = n => (unit === 'ratio' ? (n * 100).toFixed(1) + '%' : short(n));
  plot(box, () => ({
    scales: { x: { time: false, range: () => [from - 0.3, to + 0.3] }, y: { range: (u, min, max) => [Math.min(0, min), max > 0 ? max * 1.08 : 1] } },
    axes: [{ values: (u, v) => v.map(y => (Number.isInteger(y) ? y : '')), incrs: [1, 2, 5] }, { size: 74, values: (u, v) => v.map(label) }],
    series: [{}, ...lines.map((l, n) => ({ label: who(l.all[0].d), stroke: seriesColor(n), width: 2, points: { show: true, size: 7, fill: seriesColor(n) } }))],
  }), data);
  const head = (l, n) => el('th', { class: 'n', scope: 'col' }, el('i', { class: 'mark', style: `background:var(--s${n % SERIES + 1})` }), who(l.all[0].d));
  const cell = (l, y) => { const a = at(l, y); return el('td', { class: 'n' }, a ? figure(a.n, a.rows[i][2], shown(a.rows[i][0], unit), `${who(a.d)} ${y} ${core.indicators[i][1 + lang]}`, a.rows[i][0]) : '—'); };
  table.append(wide(t('chosen'), el('table', { class: 'years' }, el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, t('year')), ...lines.map(head))),
    el('tbody', {}, ...span.map(y => el('tr', {}, el('th', { scope: 'row' }, String(y)), ...lines.map(l => cell(l, y))))))));
}

// --- budget and final -------------------------------------------------------------------------------------------------------------
const V = { doc: 0, pair: 1, outcome: 2, excess: 3, rate: 4, budget: 5, basis: 6, budgetFrom: 7, spent: 8, spentFrom: 9, failed: 10 };
function budget(q) {
  const pair = Math.max(0, core.pairs.findIndex(p => p[0] === q.get('p'))), all = core.verdicts.filter(v => v[V.pair] === pair);
  const year = q.get('y') || 'all', region = q.get('r') || '', bases = [...count(all, v => word(v[V.basis]))].filter(b => b[0]);
  const basis = q.get('b') || bases.sort((a, b) => b[1] - a[1])[0]?.[0] || '';
  const state = { p: core.pairs[pair][0], y: year, r: region, b: basis }, set = key => v => go('budget', { ...state, [key]: v });
  const asked = all.filter(v => (year === 'all' || doc(v[V.doc])[D.year] === Number(year)) && (doc(v[V.doc])[D.region] || '').startsWith(region) && (!word(v[V.basis]) || word(v[V.basis]) === basis));
  const over = asked.filter(v => word(v[V.outcome]) === 'over').sort((a, b) => Number(b[V.excess]) - Number(a[V.excess]));
  const within = asked.filter(v => word(v[V.outcome]) === 'within'), open = asked.filter(v => !['over', 'within'].includes(word(v[V.outcome])));
  const name = core.pairs[pair][1 + lang], chart = el('div', { class: 'chart', role: 'img', 'aria-label': `${name}: ${t('line')}` });
  const body = el('tbody'), label = v => `${who(doc(v[V.doc]))} ${doc(v[V.doc])[D.year]} ${name}`;
  const more = listed(body, over, v => { const d = doc(v[V.doc]); return el('tr', {}, el('td', {}, unitLink(d), v[V.failed] ? el('div', { class: 'soft high' }, t('look')) : null), el('td', {}, String(d[D.year] || '—')), el('td', { class: 'n' }, shown(v[V.excess], 'yuan')), el('td', { class: 'n' }, v[V.rate] === null ? '—' : shown(v[V.rate], 'ratio')), el('td', { class: 'n' }, figure(v[V.doc], v[V.budgetFrom], shown(v[V.budget], 'yuan'), `${label(v)} ${named('', word(v[V.basis]) || 'budget')}`, v[V.budget])), el('td', { class: 'n' }, figure(v[V.doc], v[V.spentFrom], shown(v[V.spent], 'yuan'), label(v), v[V.spent]))); });
  const reasons = el('ul'), rest = listed(reasons, open, v => el('li', {}, unitLink(doc(v[V.doc])), ` ${doc(v[V.doc])[D.year] || ''} `, el('span', { class: 'soft' }, tw(word(v[V.outcome])))));
  main().replaceChildren(el('h2', {}, `${t('budget')}: ${name}`),
    el('div', { class: 'filters' }, choice('item', core.pairs.map((p, n) => [p[0], `${p[1 + lang]} (${core.verdicts.filter(v => v[V.pair] === n && word(v[V.outcome]) === 'over').length})`]), state.p, set('p')), choice('year', [['all', t('all')], ...years.map(y => [y, y])], year, set('y')), choice('basis', bases.map(([b, n]) => [b, `${named('', b)} (${n})`]), basis, set('b')), typed('region', region, set('r'))),
    el('ul', { class: 'cards' }, ...[['over', over], ['within', within], ['notjudged', open]].map(([k, l]) => el('li', {}, el('b', {}, String(l.length)), t(k)))),
    el('div', { class: 'split' }, el('section', { 'aria-label': t('over') }, el('h3', {}, t('over')), over.length ? wide(t('over'), el('table', { id: 'over' }, el('thead', {}, el('tr', {}, ...[['unit'], ['year'], ['excess', 1], ['rate', 1], ['planned', 1], ['spent', 1]].map(([k, n]) => el('th', { scope: 'col', class: n ? 'n' : '' }, t(k))))), body)) : el('p', {}, t('none')), more),
      el('section', {}, el('h3', {}, `${inUnit(name, 'yuan')}`), chart, el('p', { class: 'soft' }, el('i', { class: 'mark', style: 'background:var(--s1)' }), t('within'), ' ', el('i', { class: 'mark', style: 'background:var(--s2)' }), t('over'), ' · ', t('line')))),
    open.length ? el('details', {}, el('summary', {}, `${t('notjudged')} (${open.length})`), reasons, rest) : '');
  const points = [...over, ...within].map(v => [Number(v[V.budget]), Number(v[V.spent])]).sort((a, b) => a[0] - b[0]);
  const end = Math.max(1, ...points.flat()) * 1.05, least = Math.min(0, ...points.flat());
  const xs = [least, ...points.map(p => p[0]), end], dot = { width: 0, paths: () => null };
  if (!points.length) { chart.append(el('p', { class: 'soft' }, t('none'))); return; }
  const point = (name, n, size) => ({ ...dot, label: t(name), stroke: seriesColor(n), points: { show: true, size, fill: seriesColor(n) } });
  plot(chart, () => ({
    scales: { x: { time: false, range: () => [least, end] }, y: { range: () => [least, end] } }, cursor: { drag: { x: false, y: false } },
    axes: [{ label: t('planned'), space: 80, values: (u, v) => v.map(short) }, { label: t('spent'), size: 74, values: (u, v) => v.map(short) }],
    series: [{}, point('within', 0, 7), point('over', 1, 9), { label: '45°', stroke: color('--soft'), dash: [6, 4], width: 1, points: { show: false } }],
  }), [xs, [null, ...points.map(p => (p[1] <= p[0] ? p[1] : null)), null], [null, ...points.map(p => (p[1] > p[0] ? p[1] : null)), null], xs], 360);
}

// --- contradictions ---------------------------------------------------------------------------------------------------------------
const C = { doc: 0, rule: 1, scope: 2, severity: 3, kind: 4, difference: 5, zh: 6, en: 7, from: 8, page: 9, printed: 10 };
const GRADES = ['high', 'medium', 'low'];
const law = f => (core.rules[word(f[C.rule])] || ['', ''])[lang];
function finding(f, withUnit = true) {
  const d = doc(f[C.doc]), sources = f[C.from] ? f[C.from].split(';') : [];
  return el('li', {}, el('span', { class: 'severity ' + (f[C.severity] || 'low') }, f[C.severity] ? t('s_' + f[C.severity]) : '—'), ' ', withUnit ? unitLink(d) : null, withUnit ? ` ${d[D.year] || ''}` : null,
    el('div', { class: 'break' }, f[lang ? C.en : C.zh]),
    el('div', { class: 'soft' }, `${word(f[C.rule])} · ${law(f)} · ${d[D.file]}${f[C.page] ? ', ' + t('page') + ' ' + f[C.page] : ''} · `, ...sources.slice(0, 6).flatMap((s, n) => [n ? ' ' : '', figure(f[C.doc], s, (f[C.printed] || [])[n] || s, `${who(d)} ${d[D.year] || ''}`)]), sources.length > 6 ? ` +${sources.length - 6}` : ''));
}
function contradictions(q) {
  const severity = q.get('s') || 'all', rule = q.get('u') || 'all', text = (q.get('t') || '').toLowerCase(), state = { s: severity, u: rule, t: text }, set = key => v => go('contradictions', { ...state, [key]: v });
  const asked = core.findings.filter(f => (severity === 'all' || f[C.severity] === severity) && (rule === 'all' || word(f[C.rule]) === rule) && (!text || (who(doc(f[C.doc])) + ' ' + doc(f[C.doc])[D.file] + ' ' + f[C.zh] + ' ' + f[C.en]).toLowerCase().includes(text)));
  const grade = f => { const n = GRADES.indexOf(f[C.severity]); return n < 0 ? 3 : n; };
  asked.sort((a, b) => grade(a) - grade(b) || Math.abs(Number(b[C.difference] || 0)) - Math.abs(Number(a[C.difference] || 0)));
  const list = el('ol', { class: 'contradictions', id: 'contradictions' }), more = listed(list, asked, f => finding(f)), rules = [...count(core.findings, f => word(f[C.rule]))].sort((a, b) => b[1] - a[1]);
  main().replaceChildren(el('h2', {}, `${t('contradictions')} (${asked.length})`),
    el('div', { class: 'filters' }, choice('severity', [['all', t('all')], ...GRADES.map(s => [s, `${t('s_' + s)} (${core.findings.filter(f => f[C.severity] === s).length})`])], severity, set('s')), choice('rule', [['all', t('all')], ...rules.map(([r, n]) => [r, `${r} (${n})`])], rule, set('u')), typed('text', text, set('t'))),
    asked.length ? list : el('p', {}, t('nothing')), more);
}

// --- coverage ---------------------------------------------------------------------------------------------------------------------
/** Forms that at least half of the accounts of a year have. */
function usual(year) {
  const of = core.documents.filter(d => d[D.kind] === 'final_account' && d[D.year] === year && d[D.forms].length), n = count(of.flatMap(d => [...new Set(d[D.forms])]), f => f);
  return [...n].filter(([, c]) => c * 2 >= of.length).map(([f]) => f).sort((a, b) => a - b);
}
function coverage() {
  const rows = [...byUnit].sort((a, b) => a[0].localeCompare(b[0])), forms = new Map(years.map(y => [y, usual(y)])), body = el('tbody');
  const more = listed(body, rows, ([, all]) => el('tr', {}, el('th', { scope: 'row' }, unitLink(doc(all[0]))), ...years.map(y => {
    const of = all.map(doc).filter(d => d[D.year] === y && d[D.kind] === 'final_account');
    if (!of.length) return el('td', { class: 'none' }, '—');
    const lack = d => forms.get(y).filter(f => !d[D.forms].includes(f));
    return el('td', { class: of.some(d => lack(d).length) ? 'gap' : 'some' }, ...[...count(of, d => JSON.stringify([forms.get(y).length - lack(d).length, lack(d).map(f => core.forms[f][1 + lang]), d[D.superseded] ? t('superseded') : '']))].map(([k, times]) => {
      // Documents that are alike (several formats of one account) stand once.
      const [have, lacking, note] = JSON.parse(k);
      return el('div', {}, `${have}/${forms.get(y).length}`, times > 1 ? ` ×${times}` : '', lacking.length ? el('div', { class: 'soft' }, t('missing') + (lang ? ': ' : '：') + lacking.join('、')) : '', note ? el('div', { class: 'soft' }, note) : '');
    }));
  })));
  const other = core.documents.filter(d => !d[D.facts]), list = el('tbody'), rest = listed(list, other, d => el('tr', {}, el('th', { class: 'break', scope: 'row' }, d[D.file]), el('td', {}, `${tw(d[D.kind])} · ${tw(d[D.status])}`), el('td', { title: d[D.error] }, (core.refusals[d[D.code]] || [d[D.error] || '', d[D.error] || ''])[lang])));
  main().replaceChildren(el('h2', {}, t('coverage')), el('ul', { class: 'cards' }, ...[[core.documents.length, 'documents'], [accounts.length, 'accounts'], [byUnit.size, 'units'], [core.documents.reduce((s, d) => s + d[D.facts], 0).toLocaleString('en'), 'figures'], [core.documents.reduce((s, d) => s + d[D.held], 0).toLocaleString('en'), 'proven']].map(([n, k]) => el('li', {}, el('b', {}, String(n)), t(k)))),
    el('p', { class: 'soft' }, t('covernote')), wide(t('coverage'), el('table', { id: 'coverage', class: 'fixed' }, el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, t('unit')), ...years.map(y => el('th', { scope: 'col' }, String(y))))), body)), more,
    other.length ? el('section', {}, el('h3', {}, `${t('unreadable')} (${other.length})`), wide(t('unreadable'), el('table', {}, el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, t('file')), el('th', { scope: 'col' }, t('status')), el('th', { scope: 'col' }, t('why')))), list)), rest) : '');
}

// --- a unit -----------------------------------------------------------------------------------------------------------------------
function unitPage(key) {
  const all = byUnit.get(key);
  if (!all) { main().replaceChildren(el('p', {}, t('none'))); return; }
  const kinds = [...new Set(all.map(n => kindOf(doc(n))))], found = all.flatMap(n => findingsOf.get(n) || []), list = el('ol', { class: 'contradictions' }), more = listed(list, found, f => finding(f), 20);
  const tables = kinds.map(k => {
    const of = (series.get(key + '|' + k) || []).slice().sort((a, b) => a.d[D.year] - b.d[D.year]);
    if (!of.length) return '';
    const rows = core.indicators.map((x, i) => [x, i]).filter(([, i]) => of.some(a => a.rows[i] && a.rows[i][0] !== null));
    return el('section', {}, el('h3', {}, `${t('indicators')} · ${kindName(k)}`), wide(t('indicators'), el('table', { class: 'years' }, el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, t('indicator')), ...of.map(a => el('th', { class: 'n', scope: 'col' }, String(a.d[D.year]))))), el('tbody', {}, ...rows.map(([x, i]) => el('tr', {}, el('th', { scope: 'row' }, inUnit(x[1 + lang], x[3])), ...of.map(a => el('td', { class: 'n' }, a.rows[i] && a.rows[i][0] !== null ? figure(a.n, a.rows[i][2], shown(a.rows[i][0], x[3]), `${who(a.d)} ${a.d[D.year]} ${x[1 + lang]}`, a.rows[i][0]) : el('span', { class: 'soft' }, a.rows[i] ? tw(word(a.rows[i][1])) : '—')))))))));
  });
  const documents = all.slice().sort((a, b) => (doc(a)[D.year] || 0) - (doc(b)[D.year] || 0)).map(n => {
    const d = doc(n), inside = el('div'), box = el('details', { 'data-document': n }, el('summary', {}, `${d[D.year] || '—'} · ${kindName(kindOf(d))} · ${d[D.file]}`), inside);
    box.addEventListener('toggle', async () => { if (box.open && !inside.firstChild) inside.append(...await printedTables(n)); });
    return box;
  });
  main().replaceChildren(el('h2', {}, who(doc(all[all.length - 1]))), el('p', { class: 'soft' }, key), ...tables, el('h3', {}, `${t('contradictions')} (${found.length})`), found.length ? list : el('p', {}, t('nothing')), more, el('h3', {}, t('tables')), ...documents);
}
/** The tables of a document, as printed: a line for each row, a column for each measure. */
async function printedTables(n) {
  const { facts } = await content(n), d = doc(n), groups = new Map();
  for (const f of facts) { const k = [f[F.form], f[F.table], f[F.side] || ''].join('|'); if (!groups.has(k)) groups.set(k, []); groups.get(k).push(f); }
  return [...groups].map(([k, of]) => {
    const [form, , side] = k.split('|'), columns = [], rows = [];
    for (const f of of) {
      const column = f[F.measure] || f[F.head] || '';
      let row = rows[rows.length - 1];
      const line = [f[F.page], f[F.y0], f[F.item], f[F.name], f[F.sub]].join('|');
      if (!row || row.line !== line || row.cells.has(column)) rows.push(row = { line, f, cells: new Map() });
      row.cells.set(column, f);
      if (!columns.includes(column)) columns.push(column);
    }
    const units = [...new Set(of.map(f => f[F.unit]))].map(t).join('、'), pages = [...new Set(of.map(f => f[F.page]))].filter(Boolean).join(', ');
    return el('details', { 'data-form': form }, el('summary', {}, `${formName(form)}${side ? ' · ' + t(side) : ''}`, el('span', { class: 'soft' }, ` ${units}${pages ? ' · ' + t('page') + ' ' + pages : ''}`)), wide(formName(form), el('table', { class: 'printed' }, el('thead', {}, el('tr', {}, el('td', {}), el('th', { scope: 'col' }, t('item')), ...columns.map(c => el('th', { class: 'n', scope: 'col' }, named(form, c))))), el('tbody', {}, ...rows.map(r => el('tr', { class: r.f[F.total] ? 'total' : '' }, el('td', {}, r.f[F.code] || ''), el('th', { scope: 'row' }, (r.f[F.sub] ? r.f[F.sub] + ' · ' : '') + (r.f[F.name] || named(form, r.f[F.item]))), ...columns.map(c => { const f = r.cells.get(c); return el('td', { class: 'n' + (f && f[F.failed] ? ' fails' : '') }, f ? (f[F.printed] ? figure(n, 'f' + f[F.n], f[F.printed], `${who(d)} ${d[D.year] || ''} ${r.f[F.name] || ''} ${named(form, c)}`, f[F.printed]) : '') : ''); })))))));
  });
}

// --- evidence ---------------------------------------------------------------------------------------------------------------------
async function evidence(n, sources, title) {
  const d = doc(n), all = sources.split(';'), { facts, said } = await content(n), dialog = document.getElementById('evidence');
  const close = el('button', { type: 'button', class: 'close', onclick: () => dialog.close() }, t('close'));
  dialog.replaceChildren(close, el('h2', { id: 'evidence-title' }, title || who(d)), all.length > 1 ? el('p', { class: 'soft' }, t('sources') + ' ' + all.length) : '', ...all.slice(0, 8).map(s => proof(n, d, s, facts, said)));
  if (!dialog.open) dialog.showModal();
  for (const box of dialog.querySelectorAll('[data-at]')) box.scrollLeft = box.scrollWidth * box.dataset.at - box.clientWidth * 0.7;
  close.focus();
}
function proof(n, d, source, facts, said) {
  const number = Number(source.slice(1)), f = source[0] === 'f' ? facts.find(f => f[F.n] === number) : null, s = source[0] === 's' ? said.find(s => s[S.n] === number) : null;
  if (!f && !s) return el('p', {}, t('none'));
  const page = f ? f[F.page] : s[S.page], unit = f ? f[F.unit] : s[S.unit], printed = f ? f[F.printed] : s[S.printed], id = d[D.id].slice(0, 12) + '-' + source;
  const what = f ? [formName(f[F.form]), f[F.side] && t(f[F.side]), f[F.name] || named(f[F.form], f[F.item]), named(f[F.form], f[F.measure]), f[F.sub]] : [named('', s[S.subject] || ''), named('', s[S.slot])];
  const against = (findingsOf.get(n) || []).filter(x => x[C.from].split(';').includes(source));
  const url = d[D.url] && /^https?:/.test(d[D.url]) ? d[D.url] + (page && d[D.pages] ? '#page=' + page : '') : null;
  const cite = `${who(d)}，${d[D.year] || ''}，${d[D.file]}${page ? '，' + t('page') + ' ' + page : ''}，sha256 ${d[D.id]}，${id}，juesuan ${core.program}`;
  const dl = el('dl');
  for (const [k, v] of [['item', what.filter(Boolean).join(' · ')], ['printed', `${printed} ${unit ? t(unit) : ''}`], ['unit', `${who(d)} ${d[D.year] || ''} ${kindName(kindOf(d))}`], ['file', d[D.file]], ['page', page ? String(page) : '—'], ['address', url ? el('a', { href: url, rel: 'noreferrer' }, url) : '—'], ['hash', d[D.id]], ['figure', id], ['held', String(f ? f[F.held] : s[S.held])], ['failed', String(f ? f[F.failed] : s[S.failed])], ['cite', cite]]) dl.append(el('dt', {}, t(k)), el('dd', { 'data-k': k }, v));
  const box = f ? [f[F.x0], f[F.y0], f[F.x1], f[F.y1]] : s[S.box];
  return el('section', { 'data-evidence': id }, page && box[2] > box[0] ? sketch(page, box, facts, said) : f ? rowOf(f, facts) : '', dl, against.length ? el('div', {}, el('h3', {}, t('identities')), el('ol', { class: 'contradictions' }, ...against.map(x => finding(x, false)))) : '');
}
/** The part of the page around the figure, redrawn. */
function sketch(page, hit, facts, said) {
  const here = facts.filter(f => f[F.page] === page).map(f => ({ b: [f[F.x0], f[F.y0], f[F.x1], f[F.y1]], text: f[F.printed], f })).concat(said.filter(s => s[S.page] === page).map(s => ({ b: s[S.box], text: s[S.printed] })));
  const left = Math.min(...here.map(h => h.b[0])), right = Math.max(...here.map(h => h.b[2])), first = Math.min(...here.map(h => h.b[1])), top = Math.min(hit[1], Math.max(hit[1] - 90, first - 8)), height = Math.max(180, hit[3] - top + 90);
  // A row is named once for each side of the form: left of its first figure there.
  const names = new Map();
  for (const h of here) if (h.f) { const k = Math.round(h.b[1]) + '|' + h.f[F.side] + '|' + h.f[F.item]; if (!names.has(k) || names.get(k).b[0] > h.b[0]) names.set(k, h); }
  const x = left - 190, width = right - x + 10, is = h => h.b.every((v, i) => v === hit[i]), inside = h => h.b[3] > top && h.b[1] < top + height;
  // Narrow windows move over it instead of making it too small to read.
  const picture = svg('svg', { class: 'sheet', viewBox: `${x} ${top} ${width} ${height}`, role: 'img', style: `min-width:${Math.round(width * 1.35)}px` });
  picture.append(svg('title', {}, `${t('page')} ${page}: ${here.find(is)?.text || ''}`));
  const draw = h => {
    const size = Math.max(5, Math.min(10, (h.b[3] - h.b[1]) * 0.7));
    picture.append(svg('rect', { x: h.b[0], y: h.b[1], width: Math.max(1, h.b[2] - h.b[0]), height: Math.max(1, h.b[3] - h.b[1]), class: is(h) ? 'hit' : 'cell' }), ...!h.text ? [] : [svg('text', { x: h.b[2] - 1, y: (h.b[1] + h.b[3]) / 2 + size * 0.36, 'text-anchor': 'end', 'font-size': size }, h.text)]);
  };
  here.filter(h => inside(h) && !is(h)).forEach(draw);
  for (const h of names.values()) {
    const name = h.f[F.name] || named(h.f[F.form], h.f[F.item]);
    if (name && inside(h)) picture.append(svg('text', { class: 'faint', x: h.b[0] - 4, y: (h.b[1] + h.b[3]) / 2 + 3, 'text-anchor': 'end', 'font-size': 8 }, name.slice(0, 22)));
  }
  here.filter(is).forEach(draw);
  const box = el('div', { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': t('evidence'), 'data-at': ((hit[0] + hit[2]) / 2 - x) / width }, picture);
  return el('figure', { style: 'margin:0' }, box, el('figcaption', { class: 'soft' }, t('sketch')));
}
function rowOf(f, facts) {
  const row = facts.filter(g => [F.form, F.table, F.side, F.item, F.name, F.sub].every(c => g[c] === f[c]));
  return el('figure', { style: 'margin:0' }, wide(t('row'), el('table', { class: 'printed' }, el('thead', {}, el('tr', {}, el('th', {}), ...row.map(g => el('th', { class: 'n' }, named(g[F.form], g[F.measure]))))), el('tbody', {}, el('tr', {}, el('th', { scope: 'row' }, f[F.name] || ''), ...row.map(g => el('td', { class: 'n', style: g === f ? 'background:var(--hit)' : '' }, g[F.printed])))))), el('figcaption', { class: 'soft' }, t('row')));
}

// --- the frame --------------------------------------------------------------------------------------------------------------------
const VIEWS = { compare, budget, contradictions, coverage };
function route() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?'), [view, key] = path.split('/'), q = new URLSearchParams(query || '');
  drawn = [];
  const dialog = document.getElementById('evidence');
  if (dialog.open) dialog.close();
  for (const a of document.querySelectorAll('#nav a')) a.hash.split('?')[0] === '#/' + (view || 'compare') ? a.setAttribute('aria-current', 'page') : a.removeAttribute('aria-current');
  if (view === 'unit') unitPage(decodeURIComponent(key || '')); else (VIEWS[view] || compare)(q);
  document.title = `${document.querySelector('main h2')?.textContent || ''} · juesuan`;
}
function frame() {
  document.documentElement.lang = lang ? 'en' : 'zh';
  for (const n of document.querySelectorAll('[data-t]')) n.textContent = t(n.dataset.t);
  document.getElementById('search').placeholder = t('search');
  const b = document.getElementById('language');
  b.textContent = lang ? '中文' : 'English'; b.lang = lang ? 'zh' : 'en';
  const nav = document.getElementById('nav');
  nav.setAttribute('aria-label', 'juesuan');
  nav.replaceChildren(...Object.keys(VIEWS).map(v => el('a', { href: '#/' + v }, t(v))));
  document.getElementById('about').textContent = lang ? `${accounts.length} ${t('accounts')}, ${byUnit.size} ${t('units')}` : `${accounts.length} ${t('accounts')}，${byUnit.size} ${t('units')}`;
  document.getElementById('foot').replaceChildren(`${t('foot')} juesuan ${core.program}, dataset ${core.version}.`, ...(core.citation ? [el('br'), el('span', { class: 'break' }, `${t('cite')}${lang ? ': ' : '：'}${core.citation}`)] : []));
}
function search(text) {
  const box = document.getElementById('found'), want = text.trim().toLowerCase();
  box.hidden = !want;
  if (!want) return;
  const hits = [...byUnit].filter(([key, all]) => key.toLowerCase().includes(want) || all.some(n => (who(doc(n)) + ' ' + doc(n)[D.file]).toLowerCase().includes(want)));
  box.replaceChildren(hits.length ? el('ul', {}, ...hits.slice(0, 60).map(([, all]) => el('li', {}, unitLink(doc(all[all.length - 1]))))) : el('p', {}, t('none')));
}
async function start() {
  core = await unpack('core');
  // Of versions whose order is not known the first stands for the account; the others are held against it.
  accounts = [];
  const first = new Map();
  for (const [n, rows] of core.accounts) {
    const a = { n, d: doc(n), rows, versions: [] }, key = seriesOf(a.d) + '|' + a.d[D.year];
    if (first.has(key)) first.get(key).versions.push(a); else { first.set(key, a); accounts.push(a); }
  }
  byUnit = new Map(); findingsOf = new Map(); series = new Map();
  core.documents.forEach((d, n) => { if (d[D.key] && d[D.kind] === 'final_account') byUnit.set(d[D.key], [...(byUnit.get(d[D.key]) || []), n]); });
  for (const f of core.findings) { if (!findingsOf.has(f[C.doc])) findingsOf.set(f[C.doc], []); findingsOf.get(f[C.doc]).push(f); }
  for (const a of accounts) { const s = seriesOf(a.d); if (!series.has(s)) series.set(s, []); series.get(s).push(a); }
  years = [...new Set(accounts.map(a => a.d[D.year]))].sort((a, b) => a - b);
  document.getElementById('language').onclick = () => { lang = 1 - lang; frame(); route(); };
  document.getElementById('print').onclick = () => print();
  document.getElementById('search').oninput = e => search(e.target.value);
  document.getElementById('found').onclick = e => { if (e.target.closest('a')) { document.getElementById('search').value = ''; search(''); } };
  document.getElementById('evidence').onclick = e => { if (e.target.id === 'evidence') e.target.close(); };
  addEventListener('hashchange', () => { route(); main().focus({ preventScroll: true }); scrollTo(0, 0); });
  frame(); route();
  document.documentElement.dataset.ready = 'yes';
}
start().catch(e => { main().textContent = String(e); document.documentElement.dataset.ready = 'failed'; });
