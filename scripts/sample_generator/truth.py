"""Writes the truth beside a document."""
import csv
import json

from .model import Fact

FACT_COLUMNS = ["form", "table", "side", "item", "item_code", "item_name", "item_level", "is_total", "measure", "fund", "cell_state",
                "printed", "printed_unit", "amount", "row_no", "page"]
STATEMENT_COLUMNS = ["section", "sentence", "subject", "slot", "value_type", "amount", "ratio", "count", "text", "printed", "printed_unit", "page"]


def fact_rows(doc):
    for f in doc.facts():
        yield [f.form, f.table, f.side, f.item, f.item_code, f.item_name, f.level, str(f.is_total).lower(), f.measure, f.fund, f.cell_state,
               f.printed, f.printed_unit, f.amount, f.row_no, f.page]


def statement_rows(doc):
    for v in doc.values():
        cols = {"amount": "", "ratio": "", "count": "", "text": ""}
        cols["text" if v.value_type in ("text", "direction") else v.value_type] = v.value
        yield [v.section, v.sentence, v.subject, v.slot, v.value_type, cols["amount"], cols["ratio"], cols["count"], cols["text"], v.printed,
               v.printed_unit, v.page]


def table(path, columns, rows):
    with open(path, "w", encoding="utf-8", newline="") as out:
        w = csv.writer(out, lineterminator="\n")
        w.writerow(columns)
        w.writerows(rows)


def write(doc, folder, pages):
    base = folder / doc.name
    readable = doc.status == "extracted"
    wanted = readable and doc.kind == "final_account"
    facts = list(fact_rows(doc)) if wanted else []
    forms = []
    for t in doc.tables():
        if t.form and wanted:
            forms.append({"form": t.form, "table": t.ordinal, "title": t.title, "label": t.label or None, "printed_unit": t.unit,
                          "pages": sorted({f.page for f in t.facts()}), "rows": len(t.rows) - t.head, "cells": sum(1 for _ in t.facts())})
    about = {"file": doc.name + ".pdf", "producer": doc.producer, "layout": doc.description, "kind": doc.kind, "status": doc.status,
             "unit_name": doc.unit_name if readable else None, "fiscal_year": doc.year if readable else None,
             "level": doc.level if readable else None, "caliber": doc.caliber if readable else None, "pages": pages, "forms": forms}
    if wanted:
        about.update(duties=doc.duties, members=doc.members, glossary=[{"term": t, "definition": d} for t, d in doc.glossary])
    (folder / (doc.name + ".truth.json")).write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    table(folder / (doc.name + ".truth.csv"), FACT_COLUMNS, facts)
    if doc.status == "not_readable":
        table(folder / (doc.name + ".ocr.csv"), FACT_COLUMNS, fact_rows(doc))
    elif wanted:
        table(folder / (doc.name + ".statements.csv"), STATEMENT_COLUMNS, statement_rows(doc))
    if doc.projects and wanted:
        from . import projects as P
        for about in doc.projects:
            for row in [about["project"], *about["indicators"]]:
                row.append(about["table"].page)
        table(folder / (doc.name + ".projects.csv"), P.PROJECT_COLUMNS, [a["project"] for a in doc.projects])
        table(folder / (doc.name + ".project_funds.csv"), P.FUND_COLUMNS, [r for a in doc.projects for r in a["funds"]])
        table(folder / (doc.name + ".indicators.csv"), P.INDICATOR_COLUMNS, [r for a in doc.projects for r in a["indicators"]])
    if doc.planted:
        for entry in doc.planted:
            entry["page"] = (entry.pop("fact", None) or entry.pop("value", None)).page
        (folder / (doc.name + ".planted.json")).write_text(json.dumps(doc.planted, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
