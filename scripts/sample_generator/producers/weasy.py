"""Producer 3: HTML through WeasyPrint (Pango, Type 0 subsets made by HarfBuzz)."""
import html
import logging

from ..model import Value

logging.getLogger("fontTools").setLevel(logging.ERROR)

CSS = """
@page { size: A4; margin: 55pt 50pt; @bottom-center { content: counter(page); font-size: 9pt } }
@page wide { size: A4 landscape; }
body { font-family: "%(family)s"; font-size: 12pt; line-height: 1.7; }
h1 { font-size: 16pt; text-align: center; font-weight: bold } h2 { font-size: 13pt; font-weight: bold; margin: 8pt 0 2pt }
p { text-indent: 2em; margin: 0 } .toc p { text-indent: 0; font-size: 10.5pt }
.cover { text-align: center; font-size: 24pt; padding-top: 160pt; line-height: 2.2 }
section.t { break-before: page; page: auto; line-height: 1.25 } section.wide { page: wide; break-before: page }
.cap { font-size: 14pt; text-align: center; margin: 0 0 6pt } .top { display: flex; font-size: 9pt; justify-content: space-between; }
table { width: 100%%; border-collapse: collapse; font-size: %(size)spt; table-layout: fixed }
td { padding: 2.2pt 2pt; overflow-wrap: anywhere; vertical-align: middle } tr { break-inside: avoid }
td.l { text-align: left } td.c { text-align: center } td.r { text-align: right; white-space: nowrap } .b { font-weight: bold }
.note { font-size: 9pt; text-indent: 0 } .pb { break-before: page }
%(rules)s
"""
RULES = {
    "grid": "td { border: .5pt solid #000 }",
    "three": "table { border-top: 1.5pt solid #000; border-bottom: 1.5pt solid #000 } tr.last td { border-bottom: .6pt solid #000 }",
    "hlines": "td { border-bottom: .4pt solid #000 } table { border-top: .8pt solid #000 }",
    "none": "td { padding: 3pt 4pt }",
}


def produce(doc, path, style, family="WenQuanYi Zen Hei", size=9):
    from weasyprint import HTML
    e = html.escape
    out, facts, values, tables = [], {}, {}, {}
    pending = False
    for kind, what in doc.blocks:
        if kind == "cover":
            out.append('<div class="cover">' + "<br>".join(e(x) for x in what) + "</div>")
        elif kind == "page":
            pending = True
        elif kind == "h0":
            out.append(f'<h1{" class=pb" if pending else ""}>{e(what)}</h1>')
            pending = False
        elif kind == "h1":
            out.append(f"<h2>{e(what)}</h2>")
        elif kind == "toc":
            out.append('<div class="toc">' + "".join(f"<p>{e(x)}</p>" for x in what) + "</div>")
        elif kind == "p":
            parts = []
            for part in what:
                if isinstance(part, Value):
                    part.key = len(values) + 1
                    values[part.key] = part
                    parts.append(f'<span id="s{part.key}">{e(part.printed)}</span>')
                else:
                    parts.append(e(part))
            out.append("<p>" + "".join(parts) + "</p>")
        elif kind == "table":
            t = what
            tables[len(tables) + 1] = t
            out.append(f'<section id="t{len(tables)}" class="t{" wide" if t.landscape else ""}"><div class="cap">{e(t.title)}</div>')
            for line in t.top:
                out.append('<div class="top">' + "".join(f"<span>{e(x)}</span>" for x in line) + "</div>")
            total = sum(t.widths)
            cols = "<colgroup>" + "".join(f'<col style="width:{100 * w / total:.2f}%">' for w in t.widths) + "</colgroup>"
            out.append("<table>" + cols + ("<thead>" if style.repeat_head else "<tbody>"))
            for r, row in enumerate(t.rows):
                if r == t.head and style.repeat_head:
                    out.append("</thead><tbody>")
                brk = ' style="break-before:page"' if t.break_after is not None and r == t.head + t.break_after else ""
                out.append(f'<tr{" class=last" if r == t.head - 1 else ""}{brk}>')
                for cell in row:
                    attr = (f' colspan="{cell.cs}"' if cell.cs > 1 else "") + (f' rowspan="{cell.rs}"' if cell.rs > 1 else "")
                    if cell.fact:
                        cell.fact.key = len(facts) + 1
                        facts[cell.fact.key] = cell.fact
                        attr += f' id="f{cell.fact.key}"'
                    out.append(f'<td class="{cell.align}{" b" if cell.bold else ""}"{attr}>{"　" * cell.indent}{e(cell.text)}</td>')
                out.append("</tr>")
            out.append("</tbody></table>" + "".join(f'<p class="note">{e(n)}</p>' for n in t.notes) + "</section>")
            pending = True
    css = CSS % {"family": family, "size": size, "rules": RULES[style.rulings]}
    page = f'<html lang="zh"><head><meta charset="utf-8"><title>{e(doc.unit_name)}</title><style>{css}</style></head><body>{"".join(out)}</body></html>'
    rendered = HTML(string=page).render()
    for n, p in enumerate(rendered.pages, 1):
        for anchor in p.anchors:
            {"f": facts, "s": values, "t": tables}[anchor[0]][int(anchor[1:])].page = n
    rendered.write_pdf(str(path), pdf_identifier=doc.name.encode())
    return len(rendered.pages)
