#!/usr/bin/env python3
"""mutate.py BINARY [--count N] [--seed S] [--batch B] [--only KIND] [--sample NAME] [--keep DIR] [--known FILE]: is any error silent?

Makes mutants of the sample PDFs: one number, edge of a cell, head or page moved, doubled, hidden, turned, covered, retyped or overprinted. BINARY reads
them, and each fact is held against that of the sample that was not touched. What a mutant may say at the cell that was touched is known from what was drawn;
everywhere else the sample's own figure stands. A figure that differs must be said: held by no identity, and a warning or an error at its cell, on its page, of
the document, or naming it; a figure that is missing needs a diagnostic that names its form or stands on its page, or a status that says so.
Exit 1 if one is silent. The same seed makes the same mutants. FILE lists silent ones that are known, a line each: kind, sample and what is silent. Needs pypdf; one process, about 50 mutants a second.
"""
import argparse, collections, csv, glob, io, os, random, re, subprocess, sys, tempfile, logging
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject

csv.field_size_limit(1 << 30)
logging.disable(logging.CRITICAL)
HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = ['s01', 's03', 's04', 's05', 's06', 's07', 's10', 's11', 's12', 's14']
# Warnings about other matters than the reading of a figure.
OFF = {'unit-inherited', 'stated-twice', 'year-does-not-fit', 'unit-not-identified', 'uscc-check-digit', 'two-values', 'slot-not-filled', 'amount-without-unit',
       'institutions-differ', 'table-without-lines'}
NONE = ('blank', 'dash')
BLOCK = re.compile(rb'BT\s(?:(?!\bET\b).){0,60}?([-\d.]+) ([-\d.]+) (?:Tm|Td)\s(?:(?!\bBT\b).)*?\bET\b', re.S)

def table(path):
    with open(path, encoding='utf-8-sig', newline='') as f: return list(csv.DictReader(f))

def read(binary, paths, out):
    r = subprocess.run([binary, 'extract', *paths, '--out', out, '--format', 'csv', '-q'], capture_output=True, text=True)
    if r.returncode not in (0, 1): sys.exit(f'{binary}: exit {r.returncode}\n{r.stderr[-2000:]}')
    docs, by = table(f'{out}/documents.csv'), []
    for name in ('facts', 'diagnostics'):
        by.append(collections.defaultdict(list))
        for row in table(f'{out}/{name}.csv'):
            # Tables outside the forms have no items by which a cell could be found again: they are not judged here.
            if row.get('severity') != 'note' and not (name == 'facts' and row['form'] == 'other_table'): by[-1][row['document_id']].append(row)
    return {d['file_name']: (d, by[0][d['document_id']], by[1][d['document_id']]) for d in docs}

class Sample:
    """A sample with its numbers: blocks of text of the content that stand alone in an amount cell."""
    def __init__(self, path, facts):
        self.name, self.raw = os.path.basename(path)[:-4], open(path, 'rb').read()
        self.reader, self.facts = PdfReader(io.BytesIO(self.raw)), facts
        self.content, self.height, self.numbers, self.texts = {}, {}, [], collections.defaultdict(list)
        cells = collections.defaultdict(list)
        for f in facts: cells[int(f['page'])].append(f)
        for page, own in cells.items():
            p = self.reader.pages[page - 1]
            if p.get('/Rotate') or float(p.mediabox[0]) or float(p.mediabox[1]): continue
            c = p['/Contents'].get_object()
            data = b'\n'.join(x.get_object().get_data() for x in c) if isinstance(c, list) else c.get_data()
            self.content[page], self.height[page] = data, float(p.mediabox[3])
            inside = collections.defaultdict(list)
            for m in BLOCK.finditer(data):
                x, y = float(m[1]), self.height[page] - float(m[2])
                f = next((f for f in own if float(f['x0']) < x + 1 < float(f['x1']) and float(f['y0']) < y - 2 < float(f['y1'])), None)
                if f: inside[id(f)].append((f, m, x, y))
                else: self.texts[page].append((m, x, y))
            for v in inside.values():
                if len(v) == 1 and v[0][0]['cell_state'] == 'number' and '.' in v[0][0]['printed']: self.numbers.append((page, *v[0]))
            # The block of a number that is wider than its cell begins before it: it is no label.
            alone = [f for f in own if f['cell_state'] == 'number' and id(f) not in inside]
            wide = lambda x, y: any(float(f['y0']) < y - 2 < float(f['y1']) and float(f['x0']) - 40 < x < float(f['x1']) for f in alone)
            self.texts[page] = [t for t in self.texts[page] if not wide(t[1], t[2])]
        self.blanks = [f for f in facts if f['cell_state'] == 'blank' and int(f['page']) in self.content]

    def build(self, page, data, before=b'', after=b'', pages=None):
        """The sample with another content of one page; `pages` takes them in another order."""
        w = PdfWriter()
        for n in (pages or range(1, len(self.reader.pages) + 1)): w.add_page(self.reader.pages[n - 1])
        if page:
            p = w.pages[page - 1]
            streams = []
            for part in (b'q\n' + before + b'\n' + data + b'\nQ', after):
                s = DecodedStreamObject(); s.set_data(part); streams.append(w._add_object(s.flate_encode()))
            p[NameObject('/Contents')] = ArrayObject(streams)
            res = p['/Resources'].get_object()
            if '/Font' not in res: res[NameObject('/Font')] = DictionaryObject()
            fonts = res['/Font'].get_object()
            fonts[NameObject('/Mu')] = DictionaryObject({NameObject('/Type'): NameObject('/Font'), NameObject('/Subtype'): NameObject('/Type1'),
                NameObject('/BaseFont'): NameObject('/Helvetica'), NameObject('/Encoding'): NameObject('/WinAnsiEncoding')})
        out = io.BytesIO(); w.write(out)
        return out.getvalue()

def size_of(m): return float((re.findall(rb'([\d.]+) Tf', m[0]) or [b'9'])[-1])
def drawn(text, size): return sum(.2 if c in '.,' else .5 for c in text) * size
def width(text, size): return sum(.278 if c in '.,' else .333 if c == '-' else .556 for c in text) * size
def shifted(m, x, y, dx, dy):
    """The block at another place; coordinates of the page run upwards."""
    old = m[1] + b' ' + m[2]
    return m[0].replace(old, b'%.2f %.2f' % (float(m[1]) + dx, float(m[2]) - dy), 1)
def text(x, y, s, size, height, colour='0 0 0', extra=''): return f'q {colour} rg BT {extra} /Mu {size:.2f} Tf 1 0 0 1 {x:.2f} {height - y:.2f} Tm ({s}) Tj ET Q\n'.encode()
def box(x0, y0, x1, y1, height, colour='1 1 1'): return f'q {colour} rg {x0:.2f} {height - y1:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re f Q\n'.encode()

def another(rng, printed):
    while True:
        s = f'{rng.randint(100, 9999)}.{rng.randint(0, 99):02}'
        if s != printed: return s

def seen(*values): return {v.replace(',', '') for v in values}

def mutant(sample, kind, rng):
    """(bytes, {fact: what may stand there}, note). None stands for blank; `None` in place of the dict: nothing may differ unless said."""
    page, f, m, x, y = rng.choice(sample.numbers)
    data, h, size, n = sample.content[page], sample.height[page], size_of(m), f['printed']
    w = len(n) * .5 * size
    swap = lambda new: data[:m.start()] + new + data[m.end():]
    put = lambda new, *a: (sample.build(page, swap(new), after=b''.join(a)))
    over = lambda *a: sample.build(page, data, after=b''.join(a))
    o, key = another(rng, n), id(f)
    if kind == 'hide-tr3': return put(m[0].replace(b'BT', b'BT 3 Tr', 1) + b' BT 0 Tr ET'), {key: {None}}
    if kind == 'hide-white': return put(b'q 1 1 1 rg ' + m[0] + b' Q'), {key: {None}}
    if kind == 'delete': return put(b''), {key: {None}}
    if kind == 'double': return put(m[0] + b' ' + shifted(m, x, y, rng.uniform(-1.2, 1.2), rng.uniform(-1, 1))), {key: seen(n)}
    if kind == 'move-a-little': return put(shifted(m, x, y, rng.uniform(-2, 2), rng.uniform(-1.5, 1.5))), {key: seen(n)}
    if kind == 'move': return put(shifted(m, x, y, rng.choice((-1, 1)) * rng.uniform(8, 90), rng.choice((0, 0, -1, 1)) * rng.uniform(4, 14))), {key: seen(n) | {None}, 'moved': n}
    if kind == 'turn':
        a = rng.choice(('0 1 -1 0', '0 -1 1 0', '.94 .34 -.34 .94', '.7 .7 -.7 .7'))
        return put(f'q {a} {float(m[1]):.2f} {float(m[2]):.2f} cm '.encode() + m[0].replace(m[1] + b' ' + m[2], b'0 0', 1) + b' Q'), {key: seen(n) | {None}, 'moved': n}
    if kind == 'overprint': return over(text(x + rng.uniform(-4, 4), y + rng.uniform(-3, 3), o, size, h)), {key: set()}
    if kind == 'overprint-wide':
        # Where both stand side by side, or lie over each other by less than half a digit, a person sees both.
        dx, big = rng.uniform(-20, 20), size * rng.uniform(.8, 1.6)
        apart = dx > drawn(n, size) - .2 * size or dx < -width(o, big) - 1
        return over(text(x + dx, y + rng.uniform(-2, 2), o, big, h, rng.choice(('1 0 0', '.6 .6 .6', '0 0 0')))), {key: seen(n) if apart else set(), 'moved': o if apart else ''}
    if kind == 'whiteout': return over(box(x - 2, y - size, x + w + 6, y + 2, h)), {key: {None}}
    if kind == 'retype': return over(box(x - 2, y - size, x + w + 6, y + 2, h), text(x, y, o, size, h)), {key: seen(o)}
    if kind == 'retype-same-places':
        if b' Tf' not in m[0]: return None  # the font is set elsewhere
        return over(box(x - 2, y - size, x + w + 6, y + 2, h), shifted(m, x, y, 0, 0)), {key: seen(n)}
    if kind == 'half-covered':
        cut = rng.uniform(.2, .8) * w
        left = rng.random() < .5
        return over(box(x - 2 if left else x + cut, y - size, x + cut if left else x + w + 6, y + 2, h)), {key: seen(*(n[i:] for i in range(len(n))), *(n[:i] for i in range(1, len(n)))) | {None}}
    if kind == 'minus-as-line':
        gap, long = rng.uniform(.4, 1.5), rng.uniform(.3, .6) * size
        return over(f'q {rng.uniform(.4, 1):.2f} w {x - gap - long:.2f} {h - y + .3 * size:.2f} m {x - gap:.2f} {h - y + .3 * size:.2f} l S Q'.encode()), {key: seen('-' + n)}
    if kind == 'struck-out': return over(f'q .6 w {x - 1:.2f} {h - y + .3 * size:.2f} m {x + w:.2f} {h - y + .3 * size:.2f} l S Q'.encode()), {key: {None}}
    if kind == 'mark-above': return over(text(x + w + .3, y - rng.uniform(.2, .5) * size, rng.choice('123*'), size * rng.uniform(.5, .7), h)), {key: seen(n)}
    if kind == 'digit-before':
        dx = .56 * size + rng.uniform(0, 2)
        # Before the line it stands at the end of the cell on the left.
        return over(text(x - dx, y, rng.choice('123456789'), size * rng.choice((.7, 1.3)), h, rng.choice(('0 0 0', '.7 .7 .7', '1 0 0')))), {key: seen(n) if x - dx < float(f['x0']) else set()}
    if kind == 'number-as-image':
        r = f"{x:.2f} {h - y:.2f}"
        return put(f'q {w:.2f} 0 0 {.8 * size:.2f} {r} cm BI /W 4 /H 2 /CS /G /BPC 8 ID \x00\x40\x80\xff\x00\x40\x80\xff EI Q'.encode('latin1')), {key: set()}
    if kind == 'number-as-curves':
        dots = ' '.join(f'{x + i * .5 * size:.2f} {h - y:.2f} m {x + i * .5 * size + 3:.2f} {h - y + 5:.2f} l {x + i * .5 * size + 1:.2f} {h - y + 6:.2f} l h f' for i in range(len(n)))
        return put(f'q {dots} Q'.encode()), {key: set()}
    if kind == 'spaced': return put(b'q ' + m[0].replace(b'BT', b'BT 3 Tc', 1) + b' BT 0 Tc ET Q'), {key: seen(n)}
    if kind == 'blank-filled-faintly':
        if not sample.blanks: return None
        b = rng.choice(sample.blanks); page = int(b['page']); h = sample.height[page]
        bx, by = float(b['x0']) + 3, float(b['y1']) - 4
        how = rng.choice(('white', 'tr3', 'grey-turned'))
        t = {'white': text(bx, by, o, 8, h, '1 1 1'), 'tr3': text(bx, by, o, 8, h, extra='3 Tr'),
             'grey-turned': f'q .6 .6 .6 rg BT /Mu 8 Tf .7 .7 -.7 .7 {bx:.2f} {h - by:.2f} Tm ({o}) Tj ET Q'.encode()}[how]
        return sample.build(page, sample.content[page], after=t), {id(b): {None}}
    if kind == 'watermark':
        c, s = rng.choice(((.7, .7), (.87, .5), (1, 0), (0, 1), (.98, .17)))
        return over(f'q .8 .8 .8 rg BT /Mu {rng.choice((24, 40, 90))} Tf {c} {s} {-s} {c} {x - 40:.2f} {h - y - 20:.2f} Tm ({rng.choice(("2022", "2023 0815", "88"))}) Tj ET Q'.encode()), {}
    if kind == 'edge-through':
        if rng.random() < .5: return over(f'q .5 w {x + rng.uniform(.1, .9) * w:.2f} {h - float(f["y0"]):.2f} m {x + rng.uniform(.1, .9) * w:.2f} {h - float(f["y1"]):.2f} l S Q'.encode()), {}
        yy = rng.uniform(float(f['y0']), float(f['y1'])); return over(f'q .5 w {float(f["x0"]):.2f} {h - yy:.2f} m {float(f["x1"]):.2f} {h - yy:.2f} l S Q'.encode()), {key: seen(n) | {None}}
    if kind == 'edge-covered':
        e = rng.choice(('x0', 'x1')); v = float(f[e]); return over(box(v - 1.5, float(f['y0']) + 1, v + 1.5, float(f['y1']) - 1, h)), {}
    if kind.startswith('head-'):
        top = min(float(g['y0']) for g in sample.facts if int(g['page']) == page)
        heads = [t for t in sample.texts[page] if t[2] < top]
        if not heads: return None
        k, hx, hy = rng.choice(heads)
        sw = lambda new: sample.build(page, data[:k.start()] + new + data[k.end():])
        if kind == 'head-deleted': return sw(b''), {}
        if kind == 'head-moved': return sw(shifted(k, hx, hy, rng.uniform(-60, 60), rng.uniform(-10, 10))), {}
        return sw(k[0] + b' ' + shifted(k, hx, hy, rng.uniform(-3, 60), rng.uniform(-4, 12))), {}
    if kind == 'label-deleted':
        own = [t for t in sample.texts[page] if abs(t[2] - y) < 2]
        if not own: return None
        k = rng.choice(own)[0]
        return sample.build(page, data[:k.start()] + data[k.end():]), {}
    order = list(range(1, len(sample.reader.pages) + 1))
    if kind == 'page-twice': order.insert(page, page); return sample.build(0, b'', pages=order), {}
    if kind == 'page-missing': order.remove(page); return sample.build(0, b'', pages=order), {'gone': page}
    return None

KINDS = {'hide-tr3': 2, 'hide-white': 2, 'delete': 1, 'double': 3, 'move-a-little': 2, 'move': 5, 'turn': 3, 'overprint': 4, 'overprint-wide': 3, 'whiteout': 2, 'retype': 3,
         'retype-same-places': 1, 'half-covered': 4, 'minus-as-line': 2, 'struck-out': 2, 'mark-above': 3, 'digit-before': 4, 'number-as-image': 2, 'number-as-curves': 2,
         'spaced': 2, 'blank-filled-faintly': 2, 'watermark': 4, 'edge-through': 4, 'edge-covered': 3, 'head-deleted': 4, 'head-moved': 4, 'head-doubled': 3,
         'label-deleted': 4, 'page-twice': 1, 'page-missing': 1}

def meets(g, f):
    if g['page'] != f['page'] or not g['page']: return False
    a, b = ([float(r[k] or 0) for k in ('x0', 'y0', 'x1', 'y1')] for r in (g, f))
    return not any(a) or (a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3])

def vouched(f, diags):
    name = f"{f['item']} × {f['measure']} of {f['form']} "
    return any(g['code'] not in OFF and (not g['page'] or meets(g, f) or name in g['message']) for g in diags)

def missed(t, doc, diags, blank):
    if not blank and doc['status'] in ('failed', 'not_readable', 'partial'): return True
    return any(g['code'] not in OFF and (not g['page'] or g['page'] == t['page'] or re.search(rf"\b{t['form']}\b", g['message'])) for g in diags)

def value(f): return f['printed'].replace(',', '').replace(' ', '') if f['cell_state'] == 'number' else None

def judge(sample, may, got):
    """Differences that are not said."""
    doc, facts, diags = got
    # Rows of sub-units have one item; elsewhere the words of a head are no part of the figure's place.
    key = lambda f: (f['form'], f['side'], f['item'], f['measure'], f.get('sub_unit', ''))
    T, F, silent = collections.defaultdict(list), collections.defaultdict(list), []
    for f in sample.facts: T[key(f)].append(f)
    for f in facts: F[key(f)].append(f)
    for k in list(T) + [k for k in F if k not in T]:
        ts, fs = list(T[k]), list(F[k])
        wants = {id(t): may.get(id(t), {value(t)}) for t in ts}
        pairs = []
        for fits in (lambda t, f: value(f) in wants[id(t)] and f['cell_state'] != 'text', lambda t, f: f['page'] == t['page'], lambda t, f: True):
            for t in list(ts):
                if g := next((f for f in fs if fits(t, f)), None): ts.remove(t); fs.remove(g); pairs.append((t, g))
        for t, f in pairs:
            at = f"{' '.join(x for x in k if x)} p{f['page']}: {t['printed']!r} may be {sorted(map(str, wants[id(t)]))}, got {f['cell_state']} {f['printed']!r} held {f['held']}"
            if f['cell_state'] == 'number':
                # What was moved may stand in another cell now, where a person sees it too.
                if value(f) in wants[id(t)] or value(f) == may.get('moved', '').replace(',', ''): continue
                # Two figures over each other: the warning says so, and where the sample's own was taken an identity may hold it.
                if int(f['held']) > 0 and value(f) != value(t) or not vouched(f, diags): silent.append(at)
            elif f['cell_state'] == 'text':
                if not vouched(f, diags): silent.append(at)
            elif None not in wants[id(t)] and not (vouched(f, diags) or missed(t, doc, diags, True)): silent.append(at)
        for t in ts:
            if None in wants[id(t)] and len(wants[id(t)]) == 1: continue
            if value(t) is None and id(t) not in may: continue
            if not missed(t, doc, diags, False): silent.append(f"{' '.join(x for x in k if x)} p{t['page']}: {t['printed']!r} missing")
        for f in fs:
            if f['cell_state'] == 'number' and (int(f['held']) > 0 and f['printed'] not in {t['printed'] for t in T[k]} or not vouched(f, diags)):
                silent.append(f"{' '.join(x for x in k if x)} p{f['page']}: extra {f['printed']} held {f['held']}")
    return silent

def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('binary'); a.add_argument('--count', type=int, default=500); a.add_argument('--seed', type=int, default=1); a.add_argument('--batch', type=int, default=60)
    a.add_argument('--only'); a.add_argument('--sample'); a.add_argument('--keep'); a.add_argument('--known')
    a = a.parse_args()
    a.binary = os.path.abspath(a.binary)
    known = set(l.strip() for l in open(a.known) if not l.startswith('#')) if a.known else set()
    paths = [p for s in SAMPLES if s.startswith(a.sample or '') for p in glob.glob(f'{HERE}/../samples/{s}-*.pdf')]
    with tempfile.TemporaryDirectory() as tmp:
        base = read(a.binary, paths, f'{tmp}/base')
        samples = [s for s in (Sample(p, base[os.path.basename(p)][1]) for p in paths) if s.numbers]
        rng, done = random.Random(a.seed), 0
        tally, first = collections.defaultdict(collections.Counter), collections.defaultdict(list)
        kinds = [k for k, n in KINDS.items() for _ in range(n) if a.only in (None, k)]
        while done < a.count:
            batch = {}
            while len(batch) < min(a.batch, a.count - done):
                sample, kind = rng.choice(samples), rng.choice(kinds)
                made = mutant(sample, kind, rng)
                if made: batch[f'm{done + len(batch):06}.pdf'] = (sample, kind, *made)
                elif a.only: break
            if not batch: break
            work = f'{tmp}/w'; os.makedirs(work, exist_ok=True)
            for name, (_, _, data, _) in batch.items():
                os.makedirs(f'{work}/{name[:-4]}', exist_ok=True)
                open(f'{work}/{name[:-4]}/{name}', 'wb').write(data)
            got = read(a.binary, [f'{work}/{n[:-4]}/{n}' for n in batch], f'{tmp}/out')
            for name, (sample, kind, data, may) in batch.items():
                if name not in got: tally[kind]['same bytes'] += 1; continue
                silent = judge(sample, may, got[name])
                if silent and f'{kind} {sample.name} {silent[0]}' in known: tally[kind]['known'] += 1; continue
                tally[kind]['silent' if silent else 'good'] += 1
                if silent:
                    if len(first[kind]) < 4: first[kind].append((name, sample.name, len(silent), silent[0]))
                    if a.keep: os.makedirs(a.keep, exist_ok=True); open(f'{a.keep}/{kind}-{name}', 'wb').write(data)
            done += len(batch)
            subprocess.run(['rm', '-rf', work, f'{tmp}/out'])
    for kind, c in sorted(tally.items()):
        print(f"{kind:24}{sum(c.values()):7} mutants{c['silent'] or '':>7}{' silent' if c['silent'] else ''}")
        for x in first[kind]: print('      ', *x)
    n = sum(c['silent'] for c in tally.values())
    print(f'{done} mutants of {len(samples)} samples, seed {a.seed}: {n} silent')
    sys.exit(bool(n))

if __name__ == '__main__': main()
