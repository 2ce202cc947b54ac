"""Producer 5: the same document as text, HTML, Word and Excel, as offices and converters leave them. Nothing is drawn, so nothing has a page."""
import html
import re
import zipfile

from ..model import Value

STAMP = (2023, 9, 1, 0, 0, 0)
TYPES = ("txt", "html", "docx", "xlsx")


def produce(doc, folder, types=TYPES):
    for kind in types:
        {"txt": text, "html": page, "docx": word, "xlsx": excel}[kind](doc, folder / f"{doc.name}.{kind}")


def said(parts):
    return "".join(p.printed if isinstance(p, Value) else p for p in parts)


def placed(table):
    """Rows of cells by column; None where a joined cell covers the place."""
    out = [[None] * len(table.widths) for _ in table.rows]
    for r, c, cell in table.grid():
        out[r][c] = cell
    return out


def text(doc, path):
    """As programs for character recognition write it: tabs, heads repeated after a page break, <b> around totals."""
    out = []
    for kind, what in doc.blocks:
        if kind == "cover":
            out.append("  \n".join(what))
        elif kind == "h0":
            out.append("# " + what)
        elif kind == "h1":
            out.append("## **" + what + "**")
        elif kind == "toc":
            out += what
        elif kind == "p":
            out.append(said(what))
        elif kind == "table":
            out.append("## " + what.title)
            out += [x for line in what.top for x in line if x]
            rows = ["\t".join("" if c is None else f"<b>{c.text}</b>" if c.bold and c.text else c.text for c in row) for row in placed(what)]
            head = rows[:what.head]
            cut = what.head + what.break_after if what.break_after is not None else len(rows)
            out.append("\n".join(rows[:cut]))
            if rows[cut:]:
                out.append("\n".join(head + rows[cut:]))
            out += what.notes
    path.write_text("\n\n".join(out) + "\n", encoding="utf-8")


def page(doc, path):
    """A page of a portal of the older kind: GBK, a table for the layout around everything, a menu, scripts."""
    e = html.escape
    out = []
    for kind, what in doc.blocks:
        if kind == "cover":
            out.append('<p style="text-align:center">' + "<br/>".join(e(x) for x in what) + "</p>")
        elif kind in ("h0", "h1"):
            out.append(f'<p align=center><strong>{e(what)}</strong></p>')
        elif kind == "toc":
            out += [f"<p>{e(x)}" for x in what]
        elif kind == "p":
            out.append(f'<p style="text-indent:2em">&nbsp;&nbsp;<span style="font-family:仿宋">{e(said(what))}</span></p>')
        elif kind == "table":
            out.append(f"<h3>{e(what.title)}</h3>")
            out += [f"<p>{e('　'.join(x for x in line if x))}</p>" if sum(map(bool, line)) == 1 else "<div>" + "&emsp;&emsp;&emsp;".join(f"<span>{e(x)}</span>" for x in line if x) + "</div>" for line in what.top]
            out.append('<TABLE border="1" cellspacing="0"><tbody>')
            for row in what.rows:
                out.append("<tr>")
                for c in row:
                    attr = (f" colspan={c.cs}" if c.cs > 1 else "") + (f' rowspan="{c.rs}"' if c.rs > 1 else "")
                    out.append(f'<td{attr}><p><span>{"&nbsp;" * 2 * c.indent}{e(c.text) or "&nbsp;"}</span></p></td>')
                out.append("</tr>")
            out.append("</tbody></TABLE>")
            out += [f"<p>{e(n)}</p>" for n in what.notes]
    page = (f'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN">\n<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312" />'
            f"<title>{e(doc.unit_name)}</title><style>p{{margin:0}}</style><script>var t='<table><tr><td>1.00</td></tr></table>';</script></head><body>"
            '<div class="header"><ul><li><a href="/">首页</a></li><li><a href="/zw">政务公开</a></li></ul></div>'
            '<table width="960"><tr><td class="left"><a href="#">信息公开目录</a></td><td class="content"><!--正文-->' + "\n".join(out) +
            '</td></tr></table><div class="footer">主办单位：' + e(doc.unit_name[:6]) + "人民政府办公室</div></body></html>\n")
    path.write_bytes(page.encode("gb18030"))


def word(doc, path):
    from docx import Document
    from docx.enum.text import WD_BREAK
    d = Document()
    d.core_properties.author = d.core_properties.last_modified_by = "sample generator"
    for kind, what in doc.blocks:
        if kind == "cover":
            for x in what:
                d.add_paragraph(x)
        elif kind == "page":
            d.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        elif kind == "h0":
            d.add_heading(what, 1)
        elif kind == "h1":
            d.add_heading(what, 2)
        elif kind == "toc":
            for x in what:
                d.add_paragraph(x)
        elif kind == "p":
            p = d.add_paragraph()
            for part in what:
                p.add_run(part.printed if isinstance(part, Value) else part)
        elif kind == "table":
            d.add_paragraph(what.title)
            for line in what.top:
                d.add_paragraph("\t".join(x for x in line if x))
            t = d.add_table(len(what.rows), len(what.widths))
            grid = [list(row.cells) for row in t.rows]
            for r, c, cell in what.grid():
                box = grid[r][c]
                if cell.cs > 1 or cell.rs > 1:
                    box = box.merge(grid[r + cell.rs - 1][c + cell.cs - 1])
                box.text = cell.text
            for n in what.notes:
                d.add_paragraph(n)
    d.save(path)
    still(path)


NUMBER = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?|-?[0-9]+(\.[0-9]+)?")


def excel(doc, path):
    """A sheet for the cover and the narrative, one for each table; numbers are numbers, shown with the decimals that are printed."""
    from openpyxl import Workbook
    from openpyxl.styles import Border, Side
    thin = Side(style="thin")
    lined = Border(left=thin, right=thin, top=thin, bottom=thin)
    book = Workbook()
    sheet = book.active
    sheet.title = "封面"
    prose = None
    row = 1
    for kind, what in doc.blocks:
        if kind == "cover":
            for x in what:
                sheet.cell(row, 1, x)
                row += 2
        elif kind == "table":
            t = book.create_sheet(re.sub(r"[\[\]:*?/\\]", "", f"{what.ordinal or len(book.sheetnames)} {what.title}")[:31])
            width = len(what.widths)
            t.cell(1, 1, what.title)
            t.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
            at = 2
            for line in what.top:
                for n, x in enumerate(line):
                    if x:
                        t.cell(at, (1, max(2, width // 2), width)[n if len(line) == 3 else 2 * n if len(line) == 2 else 0], x)
                at += 1
            for r, c, cell in what.grid():
                box = t.cell(at + r, c + 1)
                if cell.fact and NUMBER.fullmatch(cell.text):
                    box.value = float(cell.text.replace(",", ""))
                    box.number_format = ("#,##0" if "," in cell.text else "0") + ("." + "0" * len(cell.text.split(".")[1]) if "." in cell.text else "")
                elif cell.text.isascii() and cell.text.isdigit():
                    box.value = int(cell.text)
                    if cell.text.startswith("0"):
                        box.number_format = "0" * len(cell.text)
                elif cell.text:
                    box.value = "　" * cell.indent + cell.text
                    box.data_type = "s"
                if cell.cs > 1 or cell.rs > 1:
                    t.merge_cells(start_row=at + r, start_column=c + 1, end_row=at + r + cell.rs - 1, end_column=c + cell.cs)
            for cells in t.iter_rows(at, at + len(what.rows) - 1, 1, width):
                for box in cells:
                    box.border = lined
            for n, note in enumerate(what.notes):
                t.cell(at + len(what.rows) + n, 1, note)
                t.merge_cells(start_row=at + len(what.rows) + n, start_column=1, end_row=at + len(what.rows) + n, end_column=width)
        else:
            if kind == "page":
                continue
            if prose is None:
                prose = book.create_sheet("说明")
            lines = what if kind == "toc" else [said(what) if kind == "p" else what]
            for x in lines:
                prose.append([x])
    book.properties.creator = "sample generator"
    book.save(path)
    still(path)


def still(path):
    """The same bytes for the same document: no time of day in the container or its properties."""
    with zipfile.ZipFile(path) as z:
        members = [(i.filename, z.read(i)) for i in z.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in members:
            if name == "docProps/core.xml":
                data = re.sub(rb">\d{4}-\d\d-\d\dT[\d:]+Z<", b">2023-09-01T00:00:00Z<", data)
            z.writestr(zipfile.ZipInfo(name, STAMP), data, zipfile.ZIP_DEFLATED)
