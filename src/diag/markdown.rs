//! The document of all codes, docs/diagnostics.md and docs/diagnostics.zh.md, as it is printed from the table.

use super::{Code, Explanation, Language, Refusal, Severity};
use std::fmt::Write as _;

/// What stands before the tables, between them and behind them.
struct Frame {
    head: &'static str,
    refusals: &'static str,
    foot: &'static str,
}

const ENGLISH: Frame = Frame {
    head: "# Diagnostics

Three words, never mixed. An **error** stops a document (`documents.error_code`). A **diagnostic** says that the reading lost, doubted or
repaired something (table `diagnostics`). A **finding** says that published figures contradict each other (table `findings`).

| severity | means |
|---|---|
| `error` | a figure was lost or could not be read; the document is `partial` |
| `warning` | a figure was read and something about it is in doubt, or numbers were left aside that may belong to a form |
| `note` | something was repaired or left aside on purpose; no figure is in doubt |

Every diagnostic has page and box where there is one, and in `printed` the characters in question. The first look:

    SELECT file_name, page, severity, code, message, printed
    FROM 'out/diagnostics.parquet' JOIN 'out/documents.parquet' USING (document_id)
    WHERE severity <> 'note' ORDER BY file_name, page;

Then `juesuan inspect FILE` shows the same with the reasons, and `juesuan inspect FILE --svg PAGE -o page.svg` draws the page.
`juesuan diagnostics CODE` explains one of them.

## Codes of diagnostics

| code | stage | severity | what happened | what to do |
|---|---|---|---|---|
",
    refusals: "
## Codes of documents (`documents.error_code`)

| code | status | what happened | what to do |
|---|---|---|---|
",
    foot: "
This file is printed by `juesuan diagnostics --markdown` from the table in `src/diag/table.rs`; a code that is not in it does not compile.
",
};

const CHINESE: Frame = Frame {
    head: "# 诊断

三个词从不混用。**错误**（error）使一份文件停下（`documents.error_code`）。**诊断**（diagnostic）说明读取时丢失、存疑或修补了什么（表 `diagnostics`）。
**发现**（finding）说明公布的数字互相矛盾（表 `findings`）。

| 严重程度 | 含义 |
|---|---|
| `error` | 有数字丢失或不能读取；文件为 `partial` |
| `warning` | 数字已读而有疑问，或有可能属于某张表的数字被略去 |
| `note` | 有意修补或略去；没有数字存疑 |

每条诊断在可能时都带页码和位置框，`printed` 是所涉及的字符。先看：

    SELECT file_name, page, severity, code, message, printed
    FROM 'out/diagnostics.parquet' JOIN 'out/documents.parquet' USING (document_id)
    WHERE severity <> 'note' ORDER BY file_name, page;

然后 `juesuan inspect FILE` 给出同样的内容和理由，`juesuan inspect FILE --svg PAGE -o page.svg` 画出该页。
`juesuan diagnostics CODE --lang zh` 解释其中一条。

## 诊断代码

| 代码 | 阶段 | 严重程度 | 发生了什么 | 怎么办 |
|---|---|---|---|---|
",
    refusals: "
## 文件代码（`documents.error_code`）

| 代码 | 状态 | 发生了什么 | 怎么办 |
|---|---|---|---|
",
    foot: "
本文件由 `juesuan diagnostics --markdown --lang zh` 从 `src/diag/table.rs` 的表打印而成；表中没有的代码不能编译。
",
};

/// docs/diagnostics.md in a language.
pub fn document(language: Language) -> String {
    let frame = match language {
        Language::En => ENGLISH,
        Language::Zh => CHINESE,
    };
    let mut out = frame.head.to_string();
    for code in Code::ALL {
        for case in code.cases() {
            let said: Vec<String> = case.severities.iter().map(|s| format!("`{}`", s.as_str())).collect();
            row(
                &mut out,
                code.as_str(),
                &[code.stage().as_str(), &said.join(", ")],
                case.explanation(language),
            );
        }
    }
    out.push_str(frame.refusals);
    for refusal in Refusal::ALL {
        row(
            &mut out,
            refusal.as_str(),
            &[refusal.status()],
            refusal.explanation(language),
        );
    }
    out.push_str(frame.foot);
    out
}

fn row(out: &mut String, code: &str, between: &[&str], said: Explanation) {
    let _ = writeln!(
        out,
        "| `{code}` | {} | {} | {} |",
        between.join(" | "),
        said.happened,
        said.what_to_do
    );
}

/// What a person reads who asks for one code.
pub fn explained(word: &str, language: Language) -> Option<String> {
    let mut out = String::new();
    let mut say = |head: &str, e: Explanation| {
        let arrow = match language {
            Language::En => "what to do",
            Language::Zh => "怎么办",
        };
        let _ = writeln!(out, "{word} ({head})\n  {}\n  {arrow}: {}", e.happened, e.what_to_do);
    };
    if let Some(code) = Code::parse(word) {
        for case in code.cases() {
            let said: Vec<&str> = case.severities.iter().map(|s: &Severity| s.as_str()).collect();
            say(
                &format!("{}, {}", said.join("/"), code.stage().as_str()),
                case.explanation(language),
            );
        }
    }
    if let Some(refusal) = Refusal::parse(word) {
        say(
            &format!("documents.error_code, {}", refusal.status()),
            refusal.explanation(language),
        );
    }
    Some(out).filter(|o| !o.is_empty())
}
