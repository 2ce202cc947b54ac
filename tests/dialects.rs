//! Narratives composed at random: synonyms, orders and punctuation of the field, not those of the reader's rules; figure by figure against
//! the truth that was noted while they were written. `JUESUAN_DIALECTS=1000` makes as many documents.

use crate::narratives::{Score, score};
use crate::support::dice::Dice;
use crate::support::extract_bytes;
use std::fmt::Write as _;

/// A document and its truth while it is written.
struct Maker {
    dice: Dice,
    text: String,
    truth: String,
    /// Amounts are in units of 0.01 万元 or in yuan.
    yuan: bool,
    year: u64,
    short: &'static str,
}

/// Hundredths of 万元.
type Fen = i64;

impl Maker {
    fn note(&mut self, printed: &str, value: &str, subject: &str, slot: &str) {
        let line = self.text.lines().last().unwrap_or("").to_string();
        writeln!(self.truth, "0\t{printed}\t\t{value}\t{subject}\t{slot}\t\t{line}").unwrap();
    }

    fn say(&mut self, words: &str) {
        self.text.push_str(words);
    }

    fn pick(&mut self, words: &[&str]) {
        let w = self.dice.of(words).to_string();
        self.text.push_str(&w);
    }

    /// A number of money with its unit, noted.
    fn money(&mut self, f: Fen, subject: &str, slot: &str) {
        let (n, d) = if self.yuan { (f * 100, 0) } else { (f, f % 100) };
        let printed = if self.yuan {
            grouped(n) + ".00"
        } else {
            format!("{}.{d:02}", grouped(n / 100))
        };
        self.say(&printed);
        self.say(if self.yuan { "元" } else { "万元" });
        self.note(&printed, &(f * 100).to_string(), subject, slot);
    }

    /// part ÷ whole, noted.
    fn rate(&mut self, part: Fen, whole: Fen, subject: &str, slot: &str) {
        let r = (part * 10000 * 2 + whole) / (whole * 2);
        let printed = format!("{}.{:02}", r / 100, r % 100);
        self.say(&printed);
        self.say("%");
        let value = format!("{}.{:04}", r / 10000, r % 10000);
        self.note(&printed, &value, subject, slot);
    }

    fn count(&mut self, n: u64, unit: &str, subject: &str, slot: &str) {
        self.say(&format!("{n}{unit}"));
        self.note(&n.to_string(), &n.to_string(), subject, slot);
    }

    fn amount(&mut self, low: i64, high: i64) -> Fen {
        low + self.dice.below((high - low) as u64) as i64
    }

    /// 2021年度, 本年度, nothing.
    fn time(&mut self) {
        let y = self.year;
        let all = [format!("{y}年度"), format!("{y}年"), String::new()];
        let k = self.dice.below(3) as usize;
        self.say(&all[k]);
    }

    /// Against last year: words and their order at random.
    fn change(&mut self, now: Fen, subject: &str) {
        let by = self.amount(1, (now / 3).max(2));
        let up = self.dice.coin();
        let before = if up { now - by } else { now + by };
        if before <= 0 {
            return;
        }
        let last = self.year - 1;
        let base = [
            "上年".to_string(),
            "上年度".into(),
            "上年决算数".into(),
            format!("{last}年"),
            format!("{last}年度"),
            format!("{last}年度决算数"),
        ];
        let base = base[self.dice.below(6) as usize].clone();
        let opening = match self.dice.below(5) {
            0 => format!("比{base}"),
            1 => format!("较{base}"),
            2 => format!("与{base}相比，"),
            3 => format!("同{base}相比"),
            _ => "同比".into(),
        };
        let prior = opening.starts_with('比') && base.ends_with(['年', '度', '数']) && self.dice.below(4) == 0;
        let down = ["减少", "下降", "降低"];
        let rise = ["增加", "增长", "上升"];
        let first = if up {
            self.dice.of(&["增加", "增长"])
        } else {
            self.dice.of(&["减少", "下降", "降低"])
        };
        let second = self.dice.of(if up { &rise } else { &down });
        self.pick(&["，", "，"]);
        self.say(&opening);
        if prior {
            self.say("的");
            self.money(before, subject, "prior|?prior_year");
        }
        self.say(first);
        self.money(by, subject, "change");
        self.pick(&["，", "，", "、"]);
        self.say(second);
        self.rate(by, before, subject, "change_rate");
        if self.dice.below(3) == 0 {
            self.pick(&[
                "，主要原因是",
                "，原因是",
                "，主要是由于",
                "，增减变化的主要原因：",
                "，主要系",
            ]);
            self.pick(&["人员变动", "项目安排变化", "厉行节约", "业务工作需要", "标准调整"]);
        }
    }

    /// Budget and final account in three orders.
    fn budget(&mut self, name: &str, now: Fen, subject: &str) {
        let base = self
            .dice
            .of(&["年初预算", "年初预算数", "全年预算", "全年预算数", "预算"]);
        let slot = match base {
            "预算" => "budget|opening_budget",
            b if b.starts_with('全') => "full_year_budget|budget",
            _ => "opening_budget|budget",
        };
        let plan = now + self.amount(-now / 4, now / 4 + 1);
        let fin = self.dice.of(&["支出决算", "决算数", "支出决算数", "实际支出", "决算"]);
        self.say(name);
        match self.dice.below(3) {
            0 => {
                self.say(base);
                self.pick(&["为", "", "是"]);
                self.money(plan, subject, slot);
                self.say("，");
                self.say(fin);
                self.pick(&["为", ""]);
                self.money(now, subject, "final|total");
                self.pick(&["，完成", "，完成了"]);
                self.say(base);
                self.say("的");
                self.rate(now, plan, subject, "completion_rate");
            }
            1 => {
                self.say(fin);
                self.pick(&["为", ""]);
                self.money(now, subject, "final|total");
                self.say("，完成");
                self.say(base);
                self.money(plan, subject, slot);
                self.say("的");
                self.rate(now, plan, subject, "completion_rate");
            }
            _ => {
                self.say(fin);
                self.money(now, subject, "final|total");
                self.pick(&["，比", "，较"]);
                self.say(base);
                if now >= plan {
                    self.pick(&["增加", "超支"]);
                } else {
                    self.pick(&["减少", "节约"]);
                }
                self.money((now - plan).abs(), subject, "budget_gap");
                self.pick(&["，完成", "，预算完成率为"]);
                if self.text.ends_with("完成") {
                    self.say(base);
                    self.say("的");
                }
                self.rate(now, plan, subject, "completion_rate");
            }
        }
    }

    /// 其中：…: parts with their shares, in one of the ways that lists are written.
    fn parts(&mut self, whole: Fen, of: &str, list: &[(&str, Fen, &str)]) {
        let open = self
            .dice
            .of(&["，其中：", "。其中：", "，其中", "，包括：", "。其中，", "，具体包括："]);
        self.say(open);
        let way = self.dice.below(4);
        let between = self.dice.of(&["；", "，", "、"]);
        if way == 0 {
            for (k, (name, f, subject)) in list.iter().enumerate() {
                if k > 0 {
                    self.say("、");
                }
                self.say(name);
                self.money(*f, subject, "total|final");
            }
            self.pick(&["，分别占", "，占比分别为"]);
            if self.text.ends_with("分别占") && self.dice.coin() {
                self.say(of);
                self.say("的");
            }
            for (k, (_, f, subject)) in list.iter().enumerate() {
                if k > 0 {
                    self.say("、");
                }
                self.rate(*f, whole, subject, "share");
            }
            return;
        }
        let between = if between == "、" && way != 3 { "；" } else { between };
        for (k, (name, f, subject)) in list.iter().enumerate() {
            if k > 0 {
                self.say(between);
            }
            self.say(name);
            self.pick(&["", "", "为"]);
            self.money(*f, subject, "total|final");
            match way {
                3 => self.say("（占"),
                _ => self.pick(&["，占", "，占比", "，所占比重为", "，占比为"]),
            }
            if self.text.ends_with('占') && self.dice.coin() {
                self.say(of);
                self.say("的");
            }
            self.rate(*f, whole, subject, "share");
            if way == 3 {
                self.say("）");
            }
        }
    }

    fn heading(&mut self, number: usize, words: &[&str]) {
        const MARKS: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
        let w = self.dice.of(words).to_string();
        let mark = MARKS[number];
        let line = match self.dice.below(2) {
            0 => format!("\n{mark}、{w}\n\n"),
            _ => format!("\n{mark}、关于{}年度{w}\n\n", self.year),
        };
        self.say(&line);
    }

    fn end(&mut self) {
        self.say("。\n\n");
    }
}

fn grouped(n: i64) -> String {
    let s = n.to_string();
    let mut out = String::new();
    for (k, c) in s.chars().enumerate() {
        if k > 0 && (s.len() - k).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

fn overall(m: &mut Maker, at: usize) {
    m.heading(
        at,
        &["收入支出决算总体情况说明", "收支决算总体情况", "收入支出总体情况说明"],
    );
    let f = m.amount(100_000, 900_000);
    m.time();
    m.pick(&[
        "收入、支出总计",
        "收、支总计",
        "收支总计",
        "收入支出总计",
        "收入和支出总计",
    ]);
    m.pick(&["", "为", "均为", "各"]);
    m.money(f, "grand_total", "total|final");
    m.change(f, "grand_total");
    m.end();
}

fn revenue(m: &mut Maker, at: usize) {
    m.heading(
        at,
        &["收入决算情况说明", "收入决算情况", "本年收入情况说明", "收入情况"],
    );
    let f = m.amount(100_000, 900_000);
    m.time();
    m.pick(&["本年收入合计", "收入合计", "本年收入", "本年收入共计"]);
    m.pick(&["", "为"]);
    m.money(f, "revenue", "total|final");
    let a = f * m.amount(50, 90) / 100;
    let b = (f - a) / 2;
    let list = [
        ("财政拨款收入", a, "appropriation_revenue"),
        ("事业收入", b, "institutional_revenue"),
        ("其他收入", f - a - b, "other_revenue"),
    ];
    let of = m.dice.of(&["本年收入合计", "收入合计", "总收入", "本年收入"]);
    m.parts(f, of, &list);
    m.end();
}

fn expenditure(m: &mut Maker, at: usize) {
    m.heading(at, &["支出决算情况说明", "支出决算情况", "本年支出情况说明"]);
    let f = m.amount(100_000, 900_000);
    m.time();
    m.pick(&["本年支出合计", "支出合计", "本年支出", "本年支出共计"]);
    m.pick(&["", "为"]);
    m.money(f, "expenditure", "total|final");
    let a = f * m.amount(30, 80) / 100;
    let of = m.dice.of(&["本年支出合计", "支出合计", "总支出", "本年支出"]);
    m.parts(f, of, &[("基本支出", a, "basic"), ("项目支出", f - a, "project")]);
    m.end();
}

fn general(m: &mut Maker, at: usize) {
    m.heading(
        at,
        &[
            "一般公共预算财政拨款支出决算情况说明",
            "一般公共预算财政拨款支出情况说明",
        ],
    );
    let f = m.amount(100_000, 900_000);
    m.time();
    m.pick(&["一般公共预算财政拨款支出", "一般公共预算财政拨款支出决算"]);
    m.pick(&["", "为"]);
    m.money(f, "general_expenditure", "total|final");
    m.change(f, "general_expenditure");
    m.end();
    m.time();
    m.say("一般公共预算财政拨款支出");
    m.money(f, "general_expenditure", "total|final");
    m.pick(&["，主要用于以下方面：", "，按功能分类，主要用于以下方面："]);
    let classes = [
        ("一般公共服务", "201"),
        ("教育", "205"),
        ("社会保障和就业", "208"),
        ("农林水", "213"),
        ("住房保障", "221"),
        ("城乡社区", "212"),
    ];
    let mut left = f;
    let n = 2 + m.dice.below(3) as usize;
    let form = m.dice.below(3);
    for (k, (name, code)) in classes.iter().take(n).enumerate() {
        let part = if k + 1 == n { left } else { left / 2 };
        left -= part;
        if k > 0 {
            m.say("；");
        }
        let name = match form {
            0 => format!("{name}支出（类）"),
            1 => format!("{name}（类）支出"),
            _ => format!("{name}支出"),
        };
        m.say(&name);
        m.money(part, code, "total|final");
        m.pick(&["，占", "，占比", "，占支出总额的"]);
        m.rate(part, f, code, "share");
    }
    m.end();
    for (path, id) in [
        (
            "教育支出（类）普通教育（款）小学教育（项）",
            "教育支出/普通教育/小学教育",
        ),
        ("农林水支出（类）水利（款）防汛（项）", "农林水支出/水利/防汛"),
    ] {
        let f = m.amount(2_000, 90_000);
        let name = format!("{path}{}", m.dice.of(&["", "。", "，"]));
        m.budget(&name, f, id);
        m.end();
    }
}

fn three_public(m: &mut Maker, at: usize) {
    m.heading(
        at,
        &[
            "“三公”经费支出决算情况说明",
            "财政拨款“三公”经费支出情况说明",
            "“三公”经费情况",
        ],
    );
    let car = m.amount(800, 3_000);
    let buy = if m.dice.coin() { 0 } else { m.amount(800, 4_000) };
    let guest = m.amount(100, 900);
    let all = car + buy + guest;
    m.time();
    let name = m.dice.of(&["“三公”经费", "“三公”经费财政拨款支出"]);
    m.budget(name, all, "three_public");
    if m.dice.coin() {
        m.change(all, "three_public");
    }
    m.end();
    let travel = |m: &mut Maker| {
        m.pick(&["因公出国（境）费", "因公出国（境）费用", "因公出国（境）经费"]);
        m.pick(&["", "支出", "支出决算为"]);
        m.money(0, "overseas_travel", "total|final");
        m.pick(&["，全年因公出国（境）团组", "，组织出国（境）团组"]);
        m.count(0, "个", "overseas_travel", "groups");
        m.pick(&["、", "，"]);
        m.count(0, "人次", "overseas_travel", "person_times");
        m.end();
    };
    let vehicles = |m: &mut Maker| {
        m.pick(&[
            "公务用车购置及运行维护费",
            "公务用车购置和运行维护费",
            "公务用车购置及运行费",
        ]);
        m.pick(&["", "支出", "支出决算为"]);
        m.money(car + buy, "vehicles", "total|final");
        if m.dice.coin() {
            m.change(car + buy, "vehicles");
        }
        m.pick(&["。其中：", "。其中，"]);
        m.pick(&["公务用车购置费", "公务用车购置支出"]);
        m.money(buy, "vehicle_purchase", "total|final");
        m.pick(&["，全年购置公务用车", "，购置车辆", "，当年购置公务用车"]);
        m.count(u64::from(buy > 0), "辆", "vehicle_purchase|vehicles", "vehicles_bought");
        m.pick(&["；", "。"]);
        m.pick(&["公务用车运行维护费", "公务用车运行费"]);
        m.pick(&["", "支出"]);
        m.money(car, "vehicle_operation", "total|final");
        m.pick(&[
            "，年末公务用车保有量",
            "，公务用车保有量为",
            "，主要用于燃油、维修、保险等支出，年末公务用车保有量",
        ]);
        let n = 1 + m.dice.below(9);
        m.count(n, "辆", "vehicle_operation|vehicles", "vehicles_held");
        m.end();
    };
    let reception = |m: &mut Maker| {
        m.pick(&["公务接待费", "公务接待费用", "公务接待经费"]);
        m.pick(&["", "支出", "支出决算为"]);
        m.money(guest, "reception", "total|final");
        if m.dice.coin() {
            m.change(guest, "reception");
        }
        m.pick(&["。全年国内公务接待", "。国内公务接待", "。共接待", "。全年共接待"]);
        let (b, p) = (1 + m.dice.below(60), 61 + m.dice.below(600));
        let units = [("批次", "人次"), ("批", "人"), ("批次", "人")][m.dice.below(3) as usize];
        m.count(b, units.0, "reception|reception.domestic", "batches");
        m.pick(&["、", "，", "，共"]);
        m.count(p, units.1, "reception|reception.domestic", "person_times");
        m.end();
    };
    let mut order: Vec<&dyn Fn(&mut Maker)> = vec![&travel, &vehicles, &reception];
    if m.dice.coin() {
        order.swap(1, 2);
    }
    let marked = m.dice.coin();
    for (k, part) in order.into_iter().enumerate() {
        if marked {
            m.say(&format!("{}.", k + 1));
        }
        part(m);
    }
}

fn running(m: &mut Maker, at: usize) {
    m.heading(
        at,
        &["机关运行经费支出情况", "机关运行经费支出情况说明", "机关运行经费情况"],
    );
    let f = m.amount(10_000, 90_000);
    let short = m.short;
    m.time();
    m.pick(&["", short, "我局", "本单位"]);
    m.pick(&["机关运行经费支出", "机关运行经费", "机关运行经费支出决算"]);
    m.pick(&["", "为", "共计"]);
    m.money(f, "operating_cost", "total|final");
    m.change(f, "operating_cost");
    m.end();
}

fn procurement(m: &mut Maker, at: usize) {
    m.heading(at, &["政府采购支出情况", "政府采购情况说明", "政府采购支出情况说明"]);
    let (g, w, s) = (m.amount(900, 90_000), m.amount(900, 90_000), m.amount(900, 90_000));
    m.time();
    m.pick(&["政府采购支出总额", "政府采购支出合计", "政府采购总额"]);
    m.pick(&["", "为"]);
    m.money(g + w + s, "procurement", "total|final");
    m.pick(&["，其中：", "。其中：", "，包括："]);
    let form = m.dice.below(3);
    let mut list = [("货物", g, "goods"), ("工程", w, "works"), ("服务", s, "services")];
    if m.dice.coin() {
        list.swap(0, 2);
    }
    let between = m.dice.of(&["、", "，", "；"]);
    for (k, (name, f, slot)) in list.into_iter().enumerate() {
        if k > 0 {
            m.say(between);
        }
        let name = match form {
            0 => format!("政府采购{name}支出"),
            1 => format!("{name}支出"),
            _ => format!("{name}类采购支出"),
        };
        m.say(&name);
        m.money(f, "procurement", slot);
    }
    m.pick(&["。授予中小企业合同金额", "。其中授予中小企业合同金额"]);
    let all = g + w + s;
    m.money(all / 2, "procurement", "sme");
    m.pick(&["，占政府采购支出总额的", "，占"]);
    m.rate(all / 2, all, "procurement", "share");
    m.end();
}

fn assets(m: &mut Maker, at: usize) {
    m.heading(
        at,
        &["国有资产占用情况", "国有资产占有使用情况说明", "国有资产占用情况说明"],
    );
    let year = m.year;
    m.say(&format!("截至{year}年12月31日，"));
    let short = m.short;
    m.pick(&["本部门", "本单位", short, ""]);
    m.pick(&["共有车辆", "车辆保有量", "拥有车辆", "实有车辆"]);
    let (a, b) = (1 + m.dice.below(7), 1 + m.dice.below(7));
    m.count(a + b, "辆", "assets", "vehicles_total");
    m.pick(&["，其中：", "，其中，", "，包括："]);
    m.pick(&["应急保障用车"]);
    m.count(a, "辆", "assets", "vehicles_by_use.emergency");
    m.pick(&["、", "，"]);
    m.say("其他用车");
    m.count(b, "辆", "assets", "vehicles_by_use.other");
    m.end();
}

/// One document: what it says, and the truth of it.
fn document(seed: u64) -> (String, String) {
    let mut m = Maker {
        dice: Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1),
        text: String::new(),
        truth: "n\tprinted\tunit\tvalue\tsubject\tslot\tdirection\tcontext\n".into(),
        yuan: false,
        year: 0,
        short: "县水利局",
    };
    for _ in 0..8 {
        m.dice.next();
    }
    m.year = 2014 + m.dice.below(11);
    m.yuan = m.dice.below(4) == 0;
    let title = format!("云泽省青禾县水利局{}年度部门决算公开说明\n\n", m.year);
    m.say(&title);
    let mut sections: Vec<fn(&mut Maker, usize)> = vec![
        overall,
        revenue,
        expenditure,
        general,
        three_public,
        running,
        procurement,
        assets,
    ];
    // Some have fewer, some have another order.
    if m.dice.coin() {
        let k = m.dice.below(sections.len() as u64) as usize;
        sections.remove(k);
    }
    if m.dice.coin() {
        let k = 4 + m.dice.below(sections.len() as u64 - 5) as usize;
        sections.swap(k, k + 1);
    }
    for (k, s) in sections.into_iter().enumerate() {
        s(&mut m, k);
    }
    (m.text, m.truth)
}

#[test]
fn narratives_composed_at_random_are_read() {
    let many: u64 = std::env::var("JUESUAN_DIALECTS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(40);
    let (mut all, mut notes) = (Score::default(), Vec::new());
    for seed in 1..=many {
        let (text, truth) = document(seed);
        let read = extract_bytes(&format!("dialect-{seed}.txt"), text.as_bytes());
        let mut own = Vec::new();
        let one = score(&truth, &read, &mut own);
        if let Ok(dir) = std::env::var("JUESUAN_DIALECTS_OUT") {
            std::fs::write(format!("{dir}/d{seed}.txt"), &text).unwrap();
            std::fs::write(format!("{dir}/d{seed}.tsv"), &truth).unwrap();
        }
        notes.extend(own.into_iter().map(|n| format!("{seed}: {n}")));
        all.figures += one.figures;
        all.right += one.right;
        all.wrong += one.wrong;
        all.silent += one.silent;
    }
    let notes = notes.join("\n");
    assert!(all.figures >= many as usize * 40, "{all:?}");
    assert_eq!((all.wrong, all.silent), (0, 0), "{all:?}\n{notes}");
    assert!(all.right * 1000 >= all.figures * 995, "{all:?}\n{notes}");
}
