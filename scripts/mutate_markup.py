#!/usr/bin/env python3
"""mutate_markup.py BINARY [--count N] [--seed S] [--only KIND] [--sample NAME] [--keep DIR]: is any error of a page, Word or Excel file silent?

Takes the samples as HTML, docx and xlsx and changes one amount cell in a way that publishers (or those who want to mislead) do: hidden, struck out, marked,
parted, formatted, moved, covered. What a person then sees in the cell is known; every other figure of the sample stands. A figure that differs must be
said: it is held by no identity, and a warning or an error stands at its cell or of the document; a figure that is missing needs a diagnostic or a status
that says so. Exit 1 if one is silent. The same seed makes the same mutants. Standard library only; about 60 mutants a second.
"""
import argparse, collections, csv, glob, io, os, random, re, subprocess, sys, tempfile, zipfile
from decimal import Decimal

csv.field_size_limit(1 << 30)
HERE = os.path.dirname(os.path.abspath(__file__))
# Warnings about other matters than the reading of a figure.
OFF = {'unit-inherited', 'stated-twice', 'year-does-not-fit', 'unit-not-identified', 'uscc-check-digit', 'two-values', 'slot-not-filled', 'amount-without-unit',
       'institutions-differ', 'table-without-lines', 'unclaimed-figure', 'unclaimed-bound'}

def table(path):
    with open(path, encoding='utf-8-sig', newline='') as f: return list(csv.DictReader(f))

def read(binary, paths, out):
    r = subprocess.run([binary, 'extract', *paths, '--out', out, '--format', 'csv', '-q'], capture_output=True, text=True)
    if r.returncode not in (0, 1): sys.exit(f'{binary}: exit {r.returncode}\n{r.stderr[-2000:]}')
    docs, by = table(f'{out}/documents.csv'), []
    for name in ('facts', 'diagnostics'):
        by.append(collections.defaultdict(list))
        for row in table(f'{out}/{name}.csv'):
            if row.get('severity') != 'note' and not (name == 'facts' and row['form'] == 'other_table'): by[-1][row['document_id']].append(row)
    return {d['file_name']: (d, by[0][d['document_id']], by[1][d['document_id']]) for d in docs}

class Sample:
    def __init__(self, path, facts):
        self.name, self.raw, self.facts = os.path.basename(path), open(path, 'rb').read(), facts
        self.kind = path.rsplit('.', 1)[1]
        self.numbers = [f for f in facts if f['cell_state'] == 'number' and re.fullmatch(r'[\d,]+\.\d\d', f['printed']) and Decimal(f['amount']) != 0]
        if self.kind != 'html': self.parts = {i.filename: zipfile.ZipFile(io.BytesIO(self.raw)).read(i) for i in zipfile.ZipFile(io.BytesIO(self.raw)).infolist()}

    def packed(self, part, data):
        out = io.BytesIO()
        with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
            for n, d in self.parts.items(): z.writestr(n, data if n == part else d)
        return out.getvalue()

def times(f): return (Decimal(f['amount']) / Decimal(plain(f))).quantize(Decimal(1))
def yuan(v, f): return Decimal(v[1:]) if v.startswith('=') else Decimal(v) * times(f)
UNITS = {'元': 1, '亿元': 100000000}
def plain(f): return f['printed'].replace(',', '')

# ---- what is written into a cell: name -> (markup of the number n, what a person sees as numbers; None: nothing) ----
def other(rng, n): return f'{Decimal(n) + Decimal(rng.randint(100, 99999)) / 100:.2f}'
def html_cell(kind, n, rng):
    """The inside of a cell, and the numbers that a person may read there (None: nothing)."""
    x, k = other(rng, n), rng.randint(1, max(1, len(n) - 4))
    hide = rng.choice(['style="display:none"', 'style="DISPLAY: none;"', 'style="visibility:hidden"', 'hidden', 'style="opacity:0"', 'style="font-size:0"', 'style="font-size:0px;"',
                       'class="mu-hidden"', 'style="position:absolute;left:-9999px"', 'style="width:0;height:0;overflow:hidden;display:inline-block"', 'style="color:transparent"'])
    white = rng.choice(['<font color="white">%s</font>', '<font color="#FFFFFF">%s</font>', '<span style="color:#fff">%s</span>', '<span style="color: rgb(255, 255, 255)">%s</span>', '<span style="color:white">%s</span>'])
    strike = rng.choice(['<s>%s</s>', '<del>%s</del>', '<strike>%s</strike>', '<span style="text-decoration:line-through">%s</span>', '<span class="mu-struck">%s</span>'])
    mark = rng.choice(['1', '[1]', '(2)', '&#9312;', '*', '&#8224;', '&#178;'])
    return {
        'hidden-number': (f'<span {hide}>{n}</span>', {None}),
        'hidden-beside': (f'{n}<span {hide}>{x}</span>', {n}),
        'hidden-digit': (f'{n[:k]}<span {hide}>{rng.randint(1, 9)}</span>{n[k:]}', {n}),
        'white-number': (white % n, {None}),
        'white-digit': (n[:k] + white % rng.randint(1, 9) + n[k:], {n}),
        'struck': (strike % n, {None}),
        'struck-and-new': ((strike % n) + rng.choice(['', ' ', '<br>', '<ins>']) + x, {x}),
        'sup-mark': (f'{n}<sup>{mark}</sup>', {n}),
        'sup-css': (f'{n}<span style="vertical-align:super;font-size:60%">{rng.randint(1, 9)}</span>', {n}),
        'input': (f'<input type="text" value="{n}">', {n}),
        'input-hidden': (f'{n}<input type="hidden" value="{x}">', {n}),
        'parted-spans': (f'<span>{n[:k]}</span><span>{n[k:]}</span>', {n}),
        'parted-line': (f'{n[:k]}<br>{n[k:]}', {n}),
        'parted-blank': (f'{n[:k]} {n[k:]}', {n}),
        'parted-paragraphs': (f'<p>{n[:k]}</p><p>{n[k:]}</p>', {n}),
        'nbsp-inside': (f'{n[:k]}&nbsp;{n[k:]}', {n}),
        'zero-width': (f'{n[:k]}&#8203;{n[k:]}', {n}),
        'comment-inside': (f'{n[:k]}<!-- {x} -->{n[k:]}', {n}),
        'full-width': (''.join(f'&#{ord(c) - 32 + 0xff00};' if c in '0123456789.' else c for c in n), {n}),
        'two-numbers': (f'{n} {x}', set()),
        'two-lines': (f'{n}<br>{x}', set()),
        'own-unit': (n + (u := rng.choice(['元', '亿元'])).encode('ascii', 'xmlcharrefreplace').decode(), {f'={Decimal(n) * UNITS[u]}'}),
        'letter-digit': (n[:k] + rng.choice(['O', 'l', 'S', 'B']) + n[k + 1:], set()),
        'percent': (n + '%', set()),
        'minus': (rng.choice(['-', '&#8722;', '&#65293;', '&#8211;']) + n, {'-' + n}),
        'brackets': (f'({n})', {'-' + n, n}),
        'comma-for-point': (n.replace('.', ','), set()),
        'two-points': (f'{n}.{rng.randint(0, 9)}', set()),
        'noscript': (f'{n}<noscript>{x}</noscript>', {n}),
        'script': (f'{n}<script>document.write("")</script>', {n}),
        'template': (f'{n}<template>{x}</template>', {n}),
        'title-attribute': (f'<span title="{x}">{n}</span>', {n}),
        'select': (f'<select><option selected>{n}</option><option>{x}</option></select>', {n}),
        'textarea': (f'<textarea>{n}</textarea>', {n}),
        'ruby': (f'<ruby>{n}<rt>{rng.randint(1, 9)}</rt></ruby>', {n}),
        'nested-table': (f'<table><tr><td>{n}</td></tr></table>', {n}),
        'nested-two': (f'<table><tr><td>{n}</td><td>{x}</td></tr></table>', set()),
        'image': ('<img src="n.png" alt="">', set()),
        'image-alt': (f'<img src="n.png" alt="{x}">', set()),
        'bdo': (f'<bdo dir="rtl">{n[::-1]}</bdo>', {n}),
        'link-mark': (f'{n}<a href="#n1">{mark}</a>', {n} if not mark.isdigit() else set()),
        'small-digit': (f'{n}<small>{rng.randint(1, 9)}</small>', set()),
        'details': (f'{n}<details><summary></summary>{x}</details>', {n}),
        'exponent': (f'{Decimal(n):.6E}', set()),
    }[kind]
HTML_CELL = ['hidden-number', 'hidden-beside', 'hidden-digit', 'white-number', 'white-digit', 'struck', 'struck-and-new', 'sup-mark', 'sup-css', 'input', 'input-hidden', 'parted-spans',
             'parted-line', 'parted-blank', 'parted-paragraphs', 'nbsp-inside', 'zero-width', 'comment-inside', 'full-width', 'two-numbers', 'two-lines', 'own-unit', 'letter-digit', 'percent', 'minus',
             'brackets', 'comma-for-point', 'two-points', 'noscript', 'script', 'template', 'title-attribute', 'select', 'textarea', 'ruby', 'nested-table', 'nested-two', 'image', 'image-alt', 'bdo',
             'link-mark', 'small-digit', 'details', 'exponent']
HTML_ROW = ['cell-inserted', 'hidden-cell-inserted', 'cell-removed', 'wider-cell', 'row-hidden', 'cells-swapped-tag', 'row-twice', 'taller-cell']
STYLE = b'<style>.mu-hidden{display:none}.mu-struck{text-decoration:line-through}</style>'

def html(s, kind, rng):
    f = rng.choice(s.numbers)
    a, b = map(int, re.match(r'(\d+)-(\d+)', f['locator']).groups())
    cell, n = s.raw[a:b], plain(f)
    raw = f['printed'].encode()
    if cell.count(raw) != 1: return None
    at = a + cell.index(raw)
    data, may, row = None, {}, []
    # The cells of its row, so that a whole row can be touched.
    tr, end = s.raw.rfind(b'<tr', 0, a), s.raw.find(b'</tr', b)
    for g in s.facts:
        m = re.match(r'(\d+)-(\d+)', g['locator'])
        if m and tr <= int(m[1]) < end: row.append(g)
    if kind in HTML_CELL:
        inside, seen = html_cell(kind, n, rng)
        data = s.raw[:at] + inside.encode() + s.raw[at + len(raw):]
        may = {id(f): seen}
    else:
        td = s.raw.rfind(b'<td', 0, at)
        close = s.raw.find(b'</td>', at)
        if td < 0 or close < 0 or close > end: return None
        x = other(rng, n).encode()
        if kind == 'cell-inserted': data, may = s.raw[:td] + b'<td>' + x + b'</td>' + s.raw[td:], {}
        if kind == 'hidden-cell-inserted': data, may = s.raw[:td] + b'<td style="display:none">' + x + b'</td>' + s.raw[td:], {}
        if kind == 'cell-removed': data, may = s.raw[:td] + s.raw[close + 5:], {}
        if kind == 'wider-cell': data, may = s.raw[:td] + b'<td colspan="2"' + s.raw[td + 3:], {}
        if kind == 'taller-cell': data, may = s.raw[:td] + b'<td rowspan="2"' + s.raw[td + 3:], {}
        if kind == 'row-hidden': data, may = s.raw[:tr] + b'<tr style="display:none"' + s.raw[tr + 3:], {id(g): {None} for g in row}
        if kind == 'cells-swapped-tag': data, may = s.raw[:td] + b'<tb' + s.raw[td + 3:], {}
        if kind == 'row-twice': data = s.raw[:tr] + s.raw[tr:end + 5] + s.raw[tr:]
    if data is None: return None
    head = data.find(b'</head>')
    return data[:head] + STYLE + data[head:], f, may

def docx(s, kind, rng):
    f = rng.choice(s.numbers)
    part, a, b = re.match(r'(.*):(\d+)-(\d+)', f['locator']).groups()
    a, b, xml, n = int(a), int(b), s.parts[part], plain(f)
    cell, raw, x = xml[a:b], f['printed'].encode(), other(rng, n)
    runs = list(re.finditer(rb'<w:r[ >](?:(?!</w:r>).)*</w:r>', cell, re.S))
    if len(runs) != 1 or runs[0][0].count(raw) != 1: return None
    run = runs[0][0].decode()
    k = rng.randint(1, max(1, len(n) - 4))
    def styled(text, extra):
        r = f'<w:r><w:rPr>{extra}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'
        return r
    def said(text): return run.replace(raw.decode(), text)
    who = 'w:id="901" w:author="a" w:date="2023-01-01T00:00:00Z"'
    deleted = lambda t: f'<w:del {who}><w:r><w:delText>{t}</w:delText></w:r></w:del>'
    inside, seen = {
        'vanish': (styled(n, '<w:vanish/>'), {None}),
        'vanish-beside': (said(n) + styled(x, '<w:vanish/>'), {n}),
        'vanish-digit': (said(n[:k]) + styled('7', '<w:vanish/>') + said(n[k:]), {n}),
        'vanish-off': (styled(n, '<w:vanish w:val="0"/>'), {n}),
        'strike': (styled(n, rng.choice(['<w:strike/>', '<w:dstrike/>', '<w:strike w:val="true"/>'])), {None}),
        'strike-and-new': (styled(n, '<w:strike/>') + said(x), {x}),
        'white': (styled(n, '<w:color w:val="FFFFFF"/>'), {None}),
        'white-digit': (said(n[:k]) + styled('7', '<w:color w:val="FFFFFF"/>') + said(n[k:]), {n}),
        'superscript': (said(n) + styled(str(rng.randint(1, 9)), '<w:vertAlign w:val="superscript"/>'), {n}),
        'raised': (said(n) + styled(str(rng.randint(1, 9)), '<w:position w:val="10"/><w:sz w:val="10"/>'), {n}),
        'tiny-digit': (said(n[:k]) + styled('7', '<w:sz w:val="2"/>') + said(n[k:]), {n}),
        'deleted-and-new': (deleted(n) + f'<w:ins {who}>{said(x)}</w:ins>', {x}),
        'deleted': (deleted(n), {None}),
        'moved-from': (f'<w:moveFrom {who}>{said(n)}</w:moveFrom>', {None}),
        'moved-to': (f'<w:moveTo {who}>{said(n)}</w:moveTo>', {n}),
        'parted-runs': (said(n[:k]) + said(n[k:]), {n}),
        'parted-line': (said(n[:k]) + '<w:r><w:br/></w:r>' + said(n[k:]), {n}),
        'tab-inside': (said(n[:k]) + '<w:r><w:tab/></w:r>' + said(n[k:]), {n}),
        'soft-hyphen': (said(n[:k]) + '<w:r><w:softHyphen/></w:r>' + said(n[k:]), {n}),
        'no-break-hyphen': ('<w:r><w:noBreakHyphen/></w:r>' + said(n), {'-' + n}),
        'symbol': (said(n) + '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>', {n}),
        'field': (f'<w:fldSimple w:instr=" = 1 ">{said(n)}</w:fldSimple>', {n}),
        'field-code': (f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> ={x} </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>{said(n)}<w:r><w:fldChar w:fldCharType="end"/></w:r>', {n}),
        'content-control': (f'<w:sdt><w:sdtContent>{said(n)}</w:sdtContent></w:sdt>', {n}),
        'smart-tag': (f'<w:smartTag w:uri="a" w:element="b">{said(n)}</w:smartTag>', {n}),
        'footnote': (said(n) + '<w:r><w:footnoteReference w:id="2"/></w:r>', {n}),
        'comment': (said(n) + '<w:r><w:commentReference w:id="0"/></w:r>', {n}),
        'two-numbers': (said(f'{n} {x}'), set()),
        'full-width': (said(''.join(chr(ord(c) - 32 + 0xff00) if c in '0123456789.' else c for c in n)), {n}),
        'own-unit': (said(n + (u := rng.choice(['元', '亿元']))), {f'={Decimal(n) * UNITS[u]}'}),
        'letter-digit': (said(n[:k] + rng.choice('OlSB') + n[k + 1:]), set()),
        'percent': (said(n + '%'), set()),
        'minus': (said(rng.choice('-−－–') + n), {'-' + n}),
        'equation': (f'<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r><m:t>{n}</m:t></m:r></m:oMath>', {n}),
        'picture': ('<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"><wp:extent cx="500000" cy="200000"/></wp:inline></w:drawing></w:r>', set()),
        'text-box': ('<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent><w:p>' + said(n) + '</w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>', {n}),
        'alternate': ('<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="wps"><w:t>' + n + '</w:t></mc:Choice><mc:Fallback><w:t>' + n + '</w:t></mc:Fallback></mc:AlternateContent></w:r>', {n}),
    }[kind]
    lo, hi = a + runs[0].start(), a + runs[0].end()
    return s.packed(part, xml[:lo] + inside.encode() + xml[hi:]), f, {id(f): seen}
DOCX = ['vanish', 'vanish-beside', 'vanish-digit', 'vanish-off', 'strike', 'strike-and-new', 'white', 'white-digit', 'superscript', 'raised', 'tiny-digit', 'deleted-and-new', 'deleted', 'moved-from', 'moved-to',
        'parted-runs', 'parted-line', 'tab-inside', 'soft-hyphen', 'no-break-hyphen', 'symbol', 'field', 'field-code', 'content-control', 'smart-tag', 'footnote', 'comment', 'two-numbers',
        'full-width', 'own-unit', 'letter-digit', 'percent', 'minus', 'equation', 'picture', 'text-box', 'alternate']

XLSX = ['as-text', 'as-number', 'text-blank-inside', 'percent-format', 'thousands-format', 'whole-format', 'one-decimal-format', 'nothing-format', 'no-sign-format', 'words-format', 'date-format',
        'row-hidden', 'column-hidden', 'formula', 'formula-no-value', 'formula-error', 'inline-string', 'rich-struck', 'phonetic', 'own-unit', 'two-numbers', 'letter-digit', 'negative', 'many-digits', 'boolean',
        'row-height-0', 'column-width-0', 'white-font', 'struck-font', 'colour-format', 'condition-format']
def xlsx(s, kind, rng):
    f = rng.choice(s.numbers)
    sheet, ref = f['locator'].rsplit('!', 1)
    book = s.parts['xl/workbook.xml'].decode()
    rels = dict(re.findall(r'Id="(\w+)"[^>]*?Target="/?(?:xl/)?([^"]+)"', s.parts['xl/_rels/workbook.xml.rels'].decode()) + [(i, t) for t, i in re.findall(r'Target="/?(?:xl/)?([^"]+)"[^>]*?Id="(\w+)"', s.parts['xl/_rels/workbook.xml.rels'].decode())])
    m = re.search(rf'<sheet [^>]*name="{re.escape(sheet)}"[^>]*r:id="(\w+)"', book)
    if not m or m[1] not in rels: return None
    part = 'xl/' + rels[m[1]]
    xml, n = s.parts[part].decode(), plain(f)
    c = re.search(rf'<c r="{ref}"[^>]*?(?:/>|>.*?</c>)', xml, re.S)
    if not c: return None
    x, k, parts = other(rng, n), rng.randint(1, max(1, len(n) - 4)), dict(s.parts)
    styles = s.parts['xl/styles.xml'].decode()
    old = re.search(r' s="(\d+)"', c[0])
    old = f' s="{old[1]}"' if old else ''
    def style(fmt=None, font=None):
        """A style with this format or font; gives its number."""
        nonlocal styles
        xf = '<xf numFmtId="%d" fontId="%d" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>'
        fid, nid = 0, 0
        if font:
            fid = len(re.findall(r'<font(?:>|/>| )', re.search(r'<fonts.*?</fonts>', styles, re.S)[0]))
            styles = styles.replace('</fonts>', f'<font>{font}</font></fonts>', 1)
        if fmt:
            nid = 190
            entry = f'<numFmt numFmtId="190" formatCode="{fmt}"/>'
            styles = styles.replace('</numFmts>', entry + '</numFmts>', 1) if '</numFmts>' in styles else re.sub(r'(<styleSheet[^>]*>)', rf'\1<numFmts count="1">{entry}</numFmts>', styles, count=1)
        body = re.search(r'<cellXfs.*?</cellXfs>', styles, re.S)[0]
        number = len(re.findall(r'<xf ', body))
        styles = styles.replace(body, body.replace('</cellXfs>', xf % (nid, fid) + '</cellXfs>'), 1)
        parts['xl/styles.xml'] = styles.encode()
        return f' s="{number}"'
    num = lambda st, v: f'<c r="{ref}"{st}><v>{v}</v></c>'
    text = lambda t, st=old: f'<c r="{ref}"{st} t="inlineStr"><is><t>{t}</t></is></c>'
    cell, seen, row, col = None, {n}, None, None
    if kind == 'as-text': cell = text(f['printed'])
    elif kind == 'as-number': cell = num(style('#,##0.00'), n)
    elif kind == 'text-blank-inside': cell = text(f'{n[:k]} {n[k:]}')
    elif kind == 'percent-format': cell, seen = num(style('0.00%'), n), set()
    elif kind == 'thousands-format': cell, seen = num(style('#,##0.00,'), n), {str(Decimal(n) / 1000), f'{Decimal(n) / 1000:.2f}', f'{(Decimal(n) / 1000).quantize(Decimal("0.01"), "ROUND_HALF_UP"):.2f}'}
    elif kind == 'whole-format': cell, seen = num(style('0'), n), {n, str(Decimal(n).quantize(Decimal(1), 'ROUND_HALF_UP'))}
    elif kind == 'one-decimal-format': cell, seen = num(style('0.0'), n), {n, str(Decimal(n).quantize(Decimal('0.1'), 'ROUND_HALF_UP')), str(Decimal(n).quantize(Decimal('0.1'), 'ROUND_HALF_EVEN'))}
    elif kind == 'nothing-format': cell, seen = num(style(';;;'), n), {None}
    elif kind == 'no-sign-format': cell, seen = num(style('0.00;0.00'), '-' + n), {n, '-' + n}
    elif kind == 'words-format': cell, seen = num(style('0.00&quot;元&quot;'), n), {f'={n}'}
    elif kind == 'date-format': cell, seen = num(style('yyyy-mm-dd'), n), set()
    elif kind == 'colour-format': cell = num(style('[Red]0.00;[Blue]-0.00'), n)
    elif kind == 'condition-format': cell, seen = num(style('[&gt;=0]0.00;[Red]-0.00'), n), {n}
    elif kind == 'formula': cell = f'<c r="{ref}"{old}><f>1+1</f><v>{n}</v></c>' if 't="' not in c[0] else f'<c r="{ref}"{style("0.00")}><f>1+1</f><v>{n}</v></c>'
    elif kind == 'formula-no-value': cell, seen = f'<c r="{ref}"{style("0.00")}><f>SUM(A1:A2)</f></c>', set()
    elif kind == 'formula-error': cell, seen = f'<c r="{ref}"{style("0.00")} t="e"><f>1/0</f><v>#DIV/0!</v></c>', set()
    elif kind == 'inline-string': cell = text(n)
    elif kind == 'rich-struck': cell, seen = f'<c r="{ref}"{old} t="inlineStr"><is><r><rPr><strike/></rPr><t>{n}</t></r><r><t>{x}</t></r></is></c>', {x}
    elif kind == 'phonetic': cell = f'<c r="{ref}"{old} t="inlineStr"><is><t>{n}</t><rPh sb="0" eb="1"><t>{x}</t></rPh></is></c>'
    elif kind == 'own-unit': cell, seen = text(n + (u := rng.choice(['元', '亿元']))), {f'={Decimal(n) * UNITS[u]}'}
    elif kind == 'two-numbers': cell, seen = text(f'{n} {x}'), set()
    elif kind == 'letter-digit': cell, seen = text(n[:k] + rng.choice('OlSB') + n[k + 1:]), set()
    elif kind == 'negative': cell, seen = num(style('0.00;(0.00)'), '-' + n), {'-' + n}
    elif kind == 'many-digits': cell, seen = num(style('General'), n + '00000000001'), {n}
    elif kind == 'boolean': cell, seen = f'<c r="{ref}"{old} t="b"><v>1</v></c>', set()
    elif kind == 'white-font': cell, seen = num(style('0.00', '<color rgb="FFFFFFFF"/>'), n), {None}
    elif kind == 'struck-font': cell, seen = num(style('0.00', '<strike/>'), n), {None}
    elif kind in ('row-hidden', 'row-height-0'):
        number = re.sub(r'\D', '', ref)
        if not re.search(rf'<row r="{number}"', xml): return None
        xml = re.sub(rf'<row r="{number}"', f'<row r="{number}"' + (' hidden="1"' if kind == 'row-hidden' else ' ht="0" customHeight="1"'), xml, count=1)
        row = number
    else:
        letters = re.sub(r'\d', '', ref)
        number = 0
        for ch in letters: number = number * 26 + ord(ch) - 64
        entry = f'<col min="{number}" max="{number}" width="9"' + (' hidden="1"/>' if kind == 'column-hidden' else ' customWidth="1"/>').replace('width="9"', 'width="0"')
        if kind == 'column-width-0': entry = f'<col min="{number}" max="{number}" width="0" customWidth="1"/>'
        if '<cols>' in xml: xml = re.sub(r'<cols>.*?</cols>', f'<cols>{entry}</cols>', xml, flags=re.S)
        else: xml = xml.replace('<sheetData>', f'<cols>{entry}</cols><sheetData>', 1)
        col = letters
    may = {id(f): seen}
    if cell: xml = xml.replace(c[0], cell, 1)
    else:
        here = lambda g: g['locator'].rsplit('!', 1)
        may = {id(g): {None} for g in s.facts if here(g)[0] == sheet and (row and re.sub(r'\D', '', here(g)[1]) == row or col and re.sub(r'\d', '', here(g)[1]) == col)}
    parts[part] = xml.encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, d in parts.items(): z.writestr(name, d)
    return out.getvalue(), f, may

KINDS = {'html': (html, HTML_CELL + HTML_ROW), 'docx': (docx, DOCX), 'xlsx': (xlsx, XLSX)}

def place(f):
    m = re.match(r'(?:(.*):)?(\d+)-(\d+)$', f['locator'])
    return (m[1], int(m[2]), int(m[3])) if m else f['locator']

def meets(g, f):
    if not g['locator']: return True
    a, b = place(g), place(f)
    if isinstance(a, str) or isinstance(b, str): return a == b or str(a).split('!')[0] == str(b).split('!')[0] and '!' not in str(a)
    return a[0] == b[0] and a[1] <= b[2] and b[1] <= a[2]

def vouched(f, diags):
    name = f"{f['item']} × {f['measure']} of {f['form']} "
    return any(g['code'] not in OFF and (meets(g, f) or name in g['message']) for g in diags)

def missed(t, doc, diags):
    if doc['status'] in ('failed', 'not_readable', 'partial'): return True
    return any(g['code'] not in OFF and (not g['locator'] or meets(g, t) or re.search(rf"\b{t['form']}\b", g['message'] + ' ' + g['form'])) for g in diags)

def judge(sample, may, got):
    """Differences that are not said."""
    doc, facts, diags = got
    key = lambda f: (f['form'], f['side'], f['item'], f['measure'], f['item_name'] if f['form'] == 'three_public' else '')
    T, F, silent = collections.defaultdict(list), collections.defaultdict(list), []
    for f in sample.facts: T[key(f)].append(f)
    for f in facts: F[key(f)].append(f)
    amount = lambda f: Decimal(f['amount']) if f['amount'] else None
    for k in list(T) + [k for k in F if k not in T]:
        ts, fs = list(T[k]), list(F[k])
        def wants(t):
            if id(t) not in may: return {amount(t)}
            return {None if v is None else yuan(v, t) for v in may[id(t)]}
        pairs = []
        for fits in (lambda t, f: amount(f) in wants(t) and f['cell_state'] != 'text', lambda t, f: True):
            for t in list(ts):
                if g := next((f for f in fs if fits(t, f)), None): ts.remove(t); fs.remove(g); pairs.append((t, g))
        for t, f in pairs:
            if amount(f) in wants(t) and f['cell_state'] != 'text': continue
            at = f"{' '.join(x for x in k if x)}: {t['printed']!r} may be {sorted(map(str, wants(t)))}, got {f['cell_state']} {f['printed']!r} {f['amount']} held {f['held']}"
            # A mark behind the decimals changes less than what rounding allows: an identity holds it, and the warning says it.
            odd = any(g['code'] == 'odd-decimals' and meets(g, f) for g in diags)
            inherited = any(g['code'] == 'unit-inherited' for g in diags) and times(t) != times(f)
            if f['cell_state'] == 'number' and int(f['held']) > 0 and amount(f) != amount(t) and not odd and not inherited: silent.append(at)
            elif not inherited and not vouched(f, diags) and not missed(t, doc, diags): silent.append(at)
        for t in ts:
            if None in wants(t) or amount(t) is None and id(t) not in may: continue
            if not missed(t, doc, diags): silent.append(f"{' '.join(x for x in k if x)}: {t['printed']!r} missing")
        for f in fs:
            if f['cell_state'] == 'number' and f['printed'] not in {t['printed'] for t in T[k]} and (int(f['held']) > 0 or not vouched(f, diags)):
                silent.append(f"{' '.join(x for x in k if x)}: extra {f['printed']} held {f['held']}")
    return silent

def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('binary'); a.add_argument('--count', type=int, default=500); a.add_argument('--seed', type=int, default=1); a.add_argument('--batch', type=int, default=60)
    a.add_argument('--only'); a.add_argument('--sample'); a.add_argument('--keep')
    a = a.parse_args()
    a.binary = os.path.abspath(a.binary)
    paths = sorted(p for e in KINDS for p in glob.glob(f'{HERE}/../samples/*.{e}') if a.sample in (None, os.path.basename(p)))
    with tempfile.TemporaryDirectory() as tmp:
        # One folder each: a text and its tables side by side would be one document.
        def put(name, data):
            os.makedirs(f'{tmp}/w/{name}', exist_ok=True)
            open(f'{tmp}/w/{name}/{name}', 'wb').write(data)
            return f'{tmp}/w/{name}/{name}'
        base = read(a.binary, [put(os.path.basename(p), open(p, 'rb').read()) for p in paths], f'{tmp}/base')
        samples = [Sample(p, base[os.path.basename(p)][1]) for p in paths]
        rng, done = random.Random(a.seed), 0
        tally, first = collections.defaultdict(collections.Counter), collections.defaultdict(list)
        while done < a.count:
            batch, tries = {}, 0
            while len(batch) < min(a.batch, a.count - done) and tries < 20 * a.batch:
                tries += 1
                sample = rng.choice(samples)
                make, kinds = KINDS[sample.kind]
                kind = rng.choice(kinds)
                if a.only not in (None, kind): continue
                if made := make(sample, kind, rng): batch[f'm{done + len(batch):06}.{sample.kind}'] = (sample, kind, *made)
            if not batch: break
            got = read(a.binary, [put(n, b[2]) for n, b in batch.items()], f'{tmp}/out')
            for name, (sample, kind, data, f, may) in batch.items():
                label = f'{sample.kind} {kind}'
                if name not in got: tally[label]['same bytes'] += 1; continue
                silent = judge(sample, may, got[name])
                tally[label]['silent' if silent else 'good'] += 1
                if silent:
                    if len(first[label]) < 3: first[label].append((name, sample.name, len(silent), silent[0]))
                    if a.keep: os.makedirs(a.keep, exist_ok=True); open(f'{a.keep}/{kind}-{name}', 'wb').write(data)
            done += len(batch)
            subprocess.run(['rm', '-rf', f'{tmp}/w', f'{tmp}/out'])
    bad = 0
    for label, c in sorted(tally.items()):
        print(f"{label:30}{sum(c.values()):7} mutants{c['silent'] or '':>7}{' silent' if c['silent'] else ''}")
        for x in first[label]: print('      ', *x)
        bad += c['silent']
    print(f'{done} mutants, {bad} silent')
    return 1 if bad else 0

if __name__ == '__main__': sys.exit(main())
