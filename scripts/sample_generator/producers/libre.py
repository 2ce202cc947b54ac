"""Producers 4 and 5: LibreOffice Writer and Calc, from flat ODF.

Tables are cut into one piece a page here, so the page of every cell is known; the pages of sentences are found afterwards.
"""
import pathlib
import re
import subprocess
import tempfile
from xml.sax.saxutils import escape

from ..model import Value

NS = """xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" office:version="1.2" """


def layout(name, landscape, extra=""):
    w, h = ("29.7cm", "21cm") if landscape else ("21cm", "29.7cm")
    return (f'<style:page-layout style:name="{name}"><style:page-layout-properties fo:page-width="{w}" fo:page-height="{h}" '
            f'style:print-orientation="{"landscape" if landscape else "portrait"}" fo:margin-top="1.8cm" fo:margin-bottom="1.5cm" fo:margin-left="1.8cm" fo:margin-right="1.8cm" {extra}/></style:page-layout>')


def font(size, bold, family):
    b = ' fo:font-weight="bold" style:font-weight-asian="bold"' if bold else ""
    return (f'<style:text-properties style:font-name="F" style:font-name-asian="F" fo:font-size="{size}pt" style:font-size-asian="{size}pt"{b}/>')


def pieces(t, rows_per_page):
    """[(first row, last row)] of the body."""
    n = len(t.rows) - t.head
    cuts = []
    start = 0
    while start < n:
        end = min(n, start + rows_per_page)
        if t.break_after and start < t.break_after < end:
            end = t.break_after
        cuts.append((start + t.head, end + t.head))
        start = end
    return cuts or [(t.head, t.head)]


def placed(t, first, last, with_head):
    """Rows of a piece as (row, {column: cell}) with spans clipped to it."""
    rows = ([*range(t.head)] if with_head else []) + [*range(first, last)]
    by = {}
    for r, c, cell in t.grid():
        by.setdefault(r, {})[c] = cell
    covered = set()
    for r, c, cell in t.grid():
        for i in range(cell.rs):
            for j in range(cell.cs):
                if i or j:
                    covered.add((r + i, c + j))
    return rows, by, covered


def find_pages(path, doc, table_pages):
    texts = []
    n = 0
    info = subprocess.run(["pdfinfo", str(path)], capture_output=True, text=True).stdout
    n = int(re.search(r"Pages:\s+(\d+)", info).group(1))
    for i in range(1, n + 1):
        raw = subprocess.run(["pdftotext", "-raw", "-f", str(i), "-l", str(i), str(path), "-"], capture_output=True, text=True).stdout
        texts.append(re.sub(r"\s", "", raw))
    flat, starts = "", []
    for t in texts:
        starts.append(len(flat))
        flat += t
    at = 0
    for kind, what in doc.blocks:
        if kind != "p" or not any(isinstance(x, Value) for x in what):
            continue
        whole = re.sub(r"\s", "", "".join(x.printed if isinstance(x, Value) else x for x in what))
        where = flat.find(whole, at)
        if where < 0:      # a page number may stand inside the paragraph: look for its beginning
            where = flat.find(whole[:12], at)
        assert where >= 0, whole
        k = where
        for x in what:
            part = re.sub(r"\s", "", x.printed if isinstance(x, Value) else x)
            found = flat.find(part, k, k + len(part) + 40)
            assert found >= 0, (part, flat[k:k + 60])
            if isinstance(x, Value):
                x.page = max(i for i, s in enumerate(starts, 1) if s <= found)
            k = found + len(part)
        at = where
    for t, first, page in table_pages:
        assert re.sub(r"\s", "", t.title) in texts[page - 1], (t.title, page)
    return n


def produce(doc, path, style, kind="writer", family="AR PL UMing CN", rows=(26, 42), size=9):
    body, table_pages = (writer if kind == "writer" else calc)(doc, style, family, rows, size)
    ext = "fodt" if kind == "writer" else "fods"
    path = pathlib.Path(path)
    with tempfile.TemporaryDirectory() as tmp:
        src = pathlib.Path(tmp) / f"{path.stem}.{ext}"
        src.write_text(body, encoding="utf-8")
        subprocess.run(["soffice", f"-env:UserInstallation=file://{tmp}/profile", "--headless", "--convert-to", "pdf", "--outdir", tmp, str(src)],
                       check=True, capture_output=True, timeout=300)
        import pikepdf
        with pikepdf.open(pathlib.Path(tmp) / f"{path.stem}.pdf") as pdf:
            producer = str(pdf.docinfo.get("/Producer", ""))
            creator = str(pdf.docinfo.get("/Creator", ""))
            for key in list(pdf.docinfo):
                del pdf.docinfo[key]
            pdf.docinfo["/Creator"], pdf.docinfo["/Producer"], pdf.docinfo["/CreationDate"] = creator, producer, "D:20240101000000Z"
            if "/Metadata" in pdf.Root:
                del pdf.Root["/Metadata"]
            for key in ("/DocChecksum", "/ID"):      # both differ from run to run
                if key in pdf.trailer:
                    del pdf.trailer[key]
            pdf.save(path, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return find_pages(path, doc, table_pages)


def cells_xml(t, first, last, with_head, doc_page):
    rows, by, covered = placed(t, first, last, with_head)
    out = []
    for r in rows:
        line = []
        for c in range(len(t.widths)):
            if (r, c) in covered:
                line.append("<table:covered-table-cell/>")
                continue
            cell = by[r][c]
            span = (f' table:number-columns-spanned="{cell.cs}"' if cell.cs > 1 else "") + (f' table:number-rows-spanned="{cell.rs}"' if cell.rs > 1 else "")
            if cell.fact:
                cell.fact.page = doc_page
            text = "　" * cell.indent + cell.text
            line.append((span, cell, text))
        out.append(line)
    return out


def writer(doc, style, family, per, size):
    auto, text = [], []
    auto.append(layout("PP", False) + layout("PL", True))
    for name, s, bold, align, extra in (("Body", 12, 0, "justify", 'fo:text-indent="0.85cm" fo:line-height="150%"'), ("H0", 16, 1, "center", 'fo:margin-bottom="0.3cm"'),
                                        ("H1", 13, 1, "start", 'fo:margin-top="0.3cm"'), ("Cov", 24, 1, "center", 'fo:margin-top="1cm"'),
                                        ("Toc", 11, 0, "start", 'fo:line-height="130%"'), ("Cap", 14, 0, "center", ""), ("Top", size, 0, "start", ""), ("TopR", size, 0, "end", ""),
                                        ("Cl", size, 0, "start", ""), ("Cc", size, 0, "center", ""), ("Cr", size, 0, "end", ""), ("Cb", size, 1, "center", ""), ("Gap", 2, 0, "start", "")):
        for suffix, page in (("", ""), ("_P", "Portrait"), ("_L", "Landscape")):
            master = f' style:master-page-name="{page}"' if page else ""
            brk = ' fo:break-before="page"' if page else ""
            auto.append(f'<style:style style:name="{name}{suffix}" style:family="paragraph"{master}><style:paragraph-properties fo:text-align="{align}" {extra}{brk}/>{font(s, bold, family)}</style:style>')
    line = "fo:border=\"0.5pt solid #000000\"" if style.rulings == "grid" else "fo:border=\"none\""
    auto.append(f'<style:style style:name="TC" style:family="table-cell"><style:table-cell-properties {line} fo:padding="0.04cm" style:vertical-align="middle"/></style:style>')
    seen_cols = {}
    page = 0
    tables = []
    pending = None

    def para(name, s):
        nonlocal pending
        suffix = pending or ""
        pending = None
        return f'<text:p text:style-name="{name}{suffix}">{escape(s)}</text:p>'

    pages_ok = True
    serial = 0
    for kind, what in doc.blocks:
        if kind == "cover":
            page = 1
            text.append('<text:p text:style-name="Cov_P"/>' + "".join(f'<text:p text:style-name="Cov"/>' for _ in range(3)) + "".join(f'<text:p text:style-name="Cov">{escape(x)}</text:p>' for x in what))
        elif kind == "page":
            pending = "_P"
            page += 1
        elif kind == "h0":
            text.append(para("H0", what))
        elif kind == "h1":
            text.append(para("H1", what))
        elif kind == "toc":
            text += [para("Toc", x) for x in what]
            if len(what) > 40:
                page += 1
        elif kind == "p":
            text.append(para("Body", "".join(x.printed if isinstance(x, Value) else x for x in what)))
        elif kind == "table":
            t = what
            total = 26.1 if t.landscape else 17.4
            for i, (a, b) in enumerate(pieces(t, per[0] if t.landscape else per[1])):
                serial += 1
                fresh = pending is not None
                page += 0 if (fresh and i == 0) else 1
                suffix = "_L" if t.landscape else "_P"
                pending = suffix
                if i == 0:
                    text.append(para("Cap", t.title))
                    for l, m, r in t.top:
                        gap = "　" * 12
                        if l or m:
                            text.append(para("Top", l + gap + m + (gap + r if r else "")))
                        else:
                            text.append(para("TopR", r))
                    t.page = page
                    tables.append((t, a, page))
                else:
                    text.append(para("Gap", ""))
                x = [f'<table:table table:name="T{serial}" table:style-name="TT{serial}">']
                auto.append(f'<style:style style:name="TT{serial}" style:family="table"><style:table-properties style:width="{total}cm" table:align="margins"/></style:style>')
                for k, w in enumerate(t.widths):
                    cm = total * w / sum(t.widths)
                    auto.append(f'<style:style style:name="TT{serial}.{k}" style:family="table-column"><style:table-column-properties style:column-width="{cm:.3f}cm"/></style:style>')
                    x.append(f'<table:table-column table:style-name="TT{serial}.{k}"/>')
                for row in cells_xml(t, a, b, i == 0 or style.repeat_head, page):
                    x.append("<table:table-row>")
                    for item in row:
                        if isinstance(item, str):
                            x.append(item)
                        else:
                            span, cell, s = item
                            x.append(f'<table:table-cell table:style-name="TC"{span} office:value-type="string"><text:p text:style-name="C{"b" if cell.bold else cell.align}">{escape(s)}</text:p></table:table-cell>')
                    x.append("</table:table-row>")
                x.append("</table:table>")
                text += x
            for n in t.notes:
                text.append(para("Top", n))
            pending = None
    masters = '<style:master-page style:name="Portrait" style:page-layout-name="PP"/><style:master-page style:name="Landscape" style:page-layout-name="PL"/>'
    return (f'<?xml version="1.0" encoding="UTF-8"?><office:document {NS} office:mimetype="application/vnd.oasis.opendocument.text">'
            f'<office:font-face-decls><style:font-face style:name="F" svg:font-family="&apos;{family}&apos;"/></office:font-face-decls>'
            f'<office:automatic-styles>{"".join(auto)}</office:automatic-styles><office:master-styles>{masters}</office:master-styles>'
            f'<office:body><office:text>{"".join(text)}</office:text></office:body></office:document>'), tables


def calc(doc, style, family, per, size):
    auto = [layout("PT", False, 'style:scale-to-X="1" style:scale-to-Y="0"'), layout("PP", False, 'style:scale-to-X="1" style:scale-to-Y="1"'), layout("PL", True, 'style:scale-to-X="1" style:scale-to-Y="1"')]
    line = 'fo:border="0.5pt solid #000000"' if style.rulings == "grid" else 'fo:border="none"'
    for name, s, bold, align, border in (("Body", 12, 0, "start", 0), ("H0", 16, 1, "center", 0), ("H1", 13, 1, "start", 0), ("Cov", 24, 1, "center", 0), ("Toc", 11, 0, "start", 0),
                                         ("Cap", 14, 0, "center", 0), ("Top", size, 0, "start", 0), ("TopR", size, 0, "end", 0), ("Cl", size, 0, "start", 1), ("Cc", size, 0, "center", 1),
                                         ("Cr", size, 0, "end", 1), ("Cb", size, 1, "center", 1), ("Cn", size, 0, "end", 1)):
        wrap = 'fo:wrap-option="no-wrap" style:shrink-to-fit="true"' if name == "Cn" else 'fo:wrap-option="wrap"'
        auto.append(f'<style:style style:name="{name}" style:family="table-cell"><style:table-cell-properties {line if border else ""} {wrap} style:vertical-align="middle"/>'
                    f'<style:paragraph-properties fo:text-align="{align}"/>{font(s, bold, family)}</style:style>')
    auto.append('<style:style style:name="ro" style:family="table-row"><style:table-row-properties style:use-optimal-row-height="true"/></style:style>')
    for name, master in (("tT", "Text"), ("tP", "Portrait"), ("tL", "Landscape")):
        auto.append(f'<style:style style:name="{name}" style:family="table" style:master-page-name="{master}"><style:table-properties table:display="true"/></style:style>')
    sheets, lines, tables = [], [], []
    page = 0

    def flush():
        nonlocal lines, page
        if not lines:
            return
        page += 1
        n = len(sheets)
        auto.append(f'<style:style style:name="w{n}" style:family="table-column"><style:table-column-properties style:column-width="17cm"/></style:style>')
        sheets.append(f'<table:table table:name="S{n}" table:style-name="tT"><table:table-column table:style-name="w{n}"/>' + "".join(
            f'<table:table-row table:style-name="ro"><table:table-cell table:style-name="{st}" office:value-type="string"><text:p>{escape(s)}</text:p></table:table-cell></table:table-row>' for st, s in lines) + "</table:table>")
        lines = []

    for kind, what in doc.blocks:
        if kind == "cover":
            lines += [("Cov", "")] * 5 + [("Cov", x) for x in what]
        elif kind == "page":
            flush()
        elif kind in ("h0", "h1"):
            lines.append((kind.upper(), what))
        elif kind == "toc":
            lines += [("Toc", x) for x in what]
        elif kind == "p":
            lines.append(("Body", "　　" + "".join(x.printed if isinstance(x, Value) else x for x in what)))
        elif kind == "table":
            flush()
            t = what
            total = (26 if len(t.widths) < 12 else 40) if t.landscape else 17.4     # wide sheets are scaled to the page
            for i, (a, b) in enumerate(pieces(t, per[0] if t.landscape else per[1])):
                page += 1
                n = len(sheets)
                ncol = len(t.widths)
                x = [f'<table:table table:name="S{n}" table:style-name="{"tL" if t.landscape else "tP"}">']
                for k, w in enumerate(t.widths):
                    auto.append(f'<style:style style:name="w{n}.{k}" style:family="table-column"><style:table-column-properties style:column-width="{total * w / sum(t.widths):.3f}cm"/></style:style>')
                    x.append(f'<table:table-column table:style-name="w{n}.{k}"/>')
                wide = lambda st, s: (f'<table:table-row table:style-name="ro"><table:table-cell table:style-name="{st}" table:number-columns-spanned="{ncol}" office:value-type="string">'
                                      f'<text:p>{escape(s)}</text:p></table:table-cell>' + "<table:covered-table-cell/>" * (ncol - 1) + "</table:table-row>")
                if i == 0:
                    x.append(wide("Cap", t.title))
                    tables.append((t, a, page))
                    for l, m, r in t.top:
                        x.append(wide("Top", l + ("　" * 14 + m if m else "") + ("　" * 14 + r if r else "")) if l or m else wide("TopR", r))
                for row in cells_xml(t, a, b, i == 0 or style.repeat_head, page):
                    x.append('<table:table-row table:style-name="ro">')
                    for item in row:
                        if isinstance(item, str):
                            x.append(item)
                        else:
                            span, cell, s = item
                            x.append(f'<table:table-cell table:style-name="C{"b" if cell.bold else "n" if cell.fact or cell.align == "r" else cell.align}"{span} office:value-type="string"><text:p>{escape(s)}</text:p></table:table-cell>')
                    x.append("</table:table-row>")
                if b == len(t.rows):
                    x += [wide("Top", s) for s in t.notes]
                x.append("</table:table>")
                sheets.append("".join(x))
    flush()
    masters = "".join(f'<style:master-page style:name="{m}" style:page-layout-name="{p}"><style:header style:display="false"/><style:footer style:display="false"/></style:master-page>' for m, p in (("Text", "PT"), ("Portrait", "PP"), ("Landscape", "PL")))
    return (f'<?xml version="1.0" encoding="UTF-8"?><office:document {NS} office:mimetype="application/vnd.oasis.opendocument.spreadsheet">'
            f'<office:font-face-decls><style:font-face style:name="F" svg:font-family="&apos;{family}&apos;"/></office:font-face-decls>'
            f'<office:automatic-styles>{"".join(auto)}</office:automatic-styles><office:master-styles>{masters}</office:master-styles>'
            f'<office:body><office:spreadsheet>{"".join(sheets)}</office:spreadsheet></office:body></office:document>'), tables
