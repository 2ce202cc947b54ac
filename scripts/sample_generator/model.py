"""What a document is made of, before any producer draws it."""
from dataclasses import dataclass, field
from decimal import Decimal

FULL = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")
UNIT_FEN = {"yuan": 100, "wanyuan": 1_000_000, "yiyuan": 10_000_000_000}
UNIT_WORD = {"yuan": "元", "wanyuan": "万元", "yiyuan": "亿元"}


@dataclass
class Fact:
    form: str
    side: str
    item: str
    item_code: str
    item_name: str
    measure: str
    fund: str
    fen: int = None              # the exact figure of the books
    cell_state: str = "number"
    printed: str = ""
    printed_unit: str = "wanyuan"
    amount: str = ""
    row_no: str = ""
    page: int = 0
    table: int = 0
    key: int = 0

    @property
    def level(self):
        if not self.item_code or not self.item_code.isdigit():
            return ""
        if self.form == "general_basic":
            return 1 if len(self.item_code) == 3 else 2
        return {3: 1, 5: 2, 7: 3}[len(self.item_code)]

    @property
    def is_total(self):
        return self.item in ("total", "total_current", "grand_total", "personnel_total", "public_total") or (
            self.form == "three_public" and self.item == "vehicles")


@dataclass
class Cell:
    text: str = ""
    cs: int = 1
    rs: int = 1
    align: str = "c"
    bold: bool = False
    fact: Fact = None
    indent: int = 0


@dataclass
class Table:
    title: str
    widths: list                      # relative column widths
    head: int                         # number of header rows
    rows: list                        # list of list of Cell (cells in order, spans leave gaps)
    form: str = ""
    label: str = ""                   # 公开01表
    top: list = field(default_factory=list)   # lines above the table: (left, centre, right)
    notes: list = field(default_factory=list)
    landscape: bool = False
    break_after: int = None           # force a page break after this body row
    cut_row: int = None               # cut this body row by the page break
    unit: str = "wanyuan"
    ordinal: int = 0
    font: float = None
    page: int = 0

    def facts(self):
        for row in self.rows:
            for cell in row:
                if cell.fact:
                    yield cell.fact

    def grid(self):
        """Place cells: list of (row, column, cell)."""
        taken, out = set(), []
        for r, row in enumerate(self.rows):
            c = 0
            for cell in row:
                while (r, c) in taken:
                    c += 1
                out.append((r, c, cell))
                for i in range(cell.rs):
                    for j in range(cell.cs):
                        taken.add((r + i, c + j))
                c += cell.cs
            used = max([k for (i, k) in taken if i == r], default=-1) + 1
            assert used == len(self.widths), (self.title, r, used, len(self.widths), [x.text for x in row])
        return out


@dataclass
class Value:
    """One value in a sentence."""
    section: str
    sentence: str
    subject: str
    slot: str
    value_type: str
    value: object
    printed: str
    printed_unit: str = ""
    page: int = 0
    key: int = 0


@dataclass
class Doc:
    name: str
    unit_name: str
    year: int
    level: str
    caliber: str
    kind: str = "final_account"
    status: str = "extracted"
    blocks: list = field(default_factory=list)   # (kind, payload)
    description: str = ""
    producer: str = ""
    planted: list = field(default_factory=list)
    projects: list = field(default_factory=list)
    members: list = field(default_factory=list)
    glossary: list = field(default_factory=list)
    duties: list = field(default_factory=list)

    def tables(self):
        return [p for k, p in self.blocks if k == "table"]

    def facts(self):
        return [f for t in self.tables() for f in t.facts()]

    def values(self):
        return [s for k, p in self.blocks if k == "p" for s in p if isinstance(s, Value)]


def rounded(fen, unit, places=2):
    """The figure as published: half up, in the printed unit."""
    quantum = UNIT_FEN[unit] // 10 ** places
    q = (abs(fen) + quantum // 2) // quantum
    return Decimal(-q if fen < 0 else q).scaleb(-places)


def written(fen, unit="wanyuan", thousands=False, places=2):
    value = rounded(fen, unit, places)
    if value == 0:
        value = abs(value)
    return f"{value:,.{places}f}" if thousands else f"{value:.{places}f}"


def in_yuan(printed, unit):
    clean = printed.translate({**{ord(a): b for a, b in zip("０１２３４５６７８９．－", "0123456789.-")}, ord(","): "", ord("，"): ""})
    return f"{Decimal(clean) * UNIT_FEN[unit] / 100:.2f}"
