#!/usr/bin/env python3
"""How cost grows with the rows of one table: rows.py BINARY [--rows 1000,10000,100000,1000000] [--kinds html,xlsx,pdf]

Writes one 支出决算表 of so many rows as a page, a workbook and a PDF (40 rows a page, drawn lines), lets BINARY extract it, and prints
bytes, CPU seconds, peak of memory, status, facts and what was said. Linear means that ten times the rows cost ten times as much, until a bound
of the document ends it and says so.
"""

import argparse
import csv
import resource
import subprocess
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path

CODES = [("2010301", "行政运行"), ("2010302", "一般行政管理事务"), ("2050201", "学前教育"), ("2080505", "机关事业单位基本养老保险缴费支出"), ("2210201", "住房公积金")]
HEAD = ["功能分类科目编码", "科目名称", "本年支出合计", "基本支出", "项目支出"]
COVER = ["2023年度部门决算", "汀澜省云浦市测试局"]
ABOVE = ["支出决算表", "公开03表", "单位：汀澜省云浦市测试局", "2023年度", "单位：万元"]
A_PAGE = 40


def rows(count):
    for n in range(count):
        basic, project = 1000 + n * 7 % 90001, 500 + n * 13 % 70001
        code, name = CODES[n % len(CODES)]
        yield [code, name, *(f"{v // 100}.{v % 100:02}" for v in (basic + project, basic, project))]


def html(path, count):
    with open(path, "w", encoding="utf-8") as f:
        f.write("<!doctype html><html><meta charset=utf-8><title>决算</title><body>")
        f.writelines(f"<p>{t}</p>" for t in COVER + ABOVE)
        f.write("<table border=1><tr>" + "".join(f"<td>{h}</td>" for h in HEAD) + "</tr>")
        for r in rows(count):
            f.write("<tr>" + "".join(f"<td>{c}</td>" for c in r) + "</tr>")
        f.write("</table></body></html>")


def xlsx(path, count):
    text = lambda t: f'<c t="inlineStr"><is><t>{t}</t></is></c>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>')
        relation = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/></Relationships>'
        z.writestr("_rels/.rels", relation.format("officeDocument", "xl/workbook.xml"))
        z.writestr("xl/_rels/workbook.xml.rels", relation.format("worksheet", "worksheets/sheet1.xml"))
        z.writestr("xl/workbook.xml", '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="支出决算表" sheetId="1" r:id="r1"/></sheets></workbook>')
        with z.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as f:
            f.write(b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
            for t in COVER + ABOVE:
                f.write(f"<row>{text(t)}</row>".encode())
            f.write(("<row>" + "".join(map(text, HEAD)) + "</row>").encode())
            for r in rows(count):
                cells = text(r[0]) + text(r[1]) + "".join(f"<c><v>{v}</v></c>" for v in r[2:])
                f.write(f"<row>{cells}</row>".encode())
            f.write(b"</sheetData></worksheet>")


def pdf(path, count):
    edges, height, top = [30, 120, 310, 385, 460, 535], 18, 760
    show = lambda x, y, t: f"BT /F 9 Tf {x} {y} Td <{t.encode('utf-16-be').hex()}> Tj ET\n"
    places = []
    with open(path, "wb") as f:
        f.write(b"%PDF-1.7\n")

        def put(number, body):
            places.append((number, f.tell()))
            f.write(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")

        put(3, b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>")
        put(4, b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000/W[1[500] 814[500] 17[500 500 500 500 500 500 500 500 500 500]]/FontDescriptor 5 0 R>>")
        put(5, b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>")
        kids, lines, n = [], [], 6

        def page(content):
            nonlocal n
            data = zlib.compress(content.encode(), 6)
            put(n, f"<</Length {len(data)}/Filter/FlateDecode>>\nstream\n".encode() + data + b"\nendstream")
            put(n + 1, f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Contents {n} 0 R>>".encode())
            kids.append(n + 1)
            n += 2

        def table(body):
            out = "".join(show(edges[i] + 3, top - height * k - 13, t) for k, r in enumerate(body) for i, t in enumerate(r))
            foot = top - height * len(body)
            out += "0.5 w\n" + "".join(f"{edges[0]} {top - height * k} m {edges[-1]} {top - height * k} l S\n" for k in range(len(body) + 1))
            return out + "".join(f"{x} {top} m {x} {foot} l S\n" for x in edges)

        page("".join(show(200, 600 - 30 * k, t) for k, t in enumerate(COVER)))
        head = "".join(show(60, 830 - 12 * k, t) for k, t in enumerate(ABOVE))
        for r in rows(count):
            lines.append(r)
            if len(lines) == A_PAGE:
                page(head + table([HEAD] * (not kids[1:]) + lines))
                head, lines = "", []
        if lines:
            page(head + table([HEAD] * (not kids[1:]) + lines))
        put(2, f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(f'{k} 0 R' for k in kids)}]>>".encode())
        put(1, b"<</Type/Catalog/Pages 2 0 R>>")
        start = f.tell()
        at = dict(places)
        f.write(f"xref\n0 {n}\n0000000000 65535 f \n".encode())
        f.writelines(f"{at[k]:010} 00000 n \n".encode() for k in range(1, n))
        f.write(f"trailer<</Size {n}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode())


def run(binary, path, out):
    begun = resource.getrusage(resource.RUSAGE_CHILDREN)
    child = subprocess.Popen([binary, "extract", str(path), "--out", str(out), "--overwrite", "--quiet", "--threads", "1", "--format", "csv"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, used = __import__("os").wait4(child.pid, 0)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = ended.ru_utime + ended.ru_stime - begun.ru_utime - begun.ru_stime
    csv.field_size_limit(1 << 30)
    with open(out / "documents.csv", encoding="utf-8-sig", newline="") as f:
        row = next(csv.DictReader(f))
    with open(out / "diagnostics.csv", encoding="utf-8-sig", newline="") as f:
        codes = sorted({r["code"] for r in csv.DictReader(f) if r["severity"] != "note"})
    return cpu, used.ru_maxrss / 1024, row["status"], row["facts"], " ".join(filter(None, [row.get("error_code", ""), *codes]))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary", type=Path)
    arguments.add_argument("--rows", default="1000,10000,100000,1000000")
    arguments.add_argument("--kinds", default="html,xlsx,pdf")
    a = arguments.parse_args()
    print(f"{'kind':5} {'rows':>8} {'MB':>7} {'CPU s':>7} {'peak MB':>8}  status, facts, said")
    with tempfile.TemporaryDirectory() as folder:
        for kind in a.kinds.split(","):
            for count in map(int, a.rows.split(",")):
                path = Path(folder) / f"rows.{kind}"
                {"html": html, "xlsx": xlsx, "pdf": pdf}[kind](path, count)
                cpu, peak, status, facts, said = run(str(a.binary.resolve()), path, Path(folder) / "out")
                print(f"{kind:5} {count:>8} {path.stat().st_size / 1e6:>7.1f} {cpu:>7.2f} {peak:>8.0f}  {status}, {facts or 0}, {said}", flush=True)
                path.unlink()


if __name__ == "__main__":
    sys.exit(main())
