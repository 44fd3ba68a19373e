//! The report on a terminal: headings, aligned figures and tables, bars of block characters, no wider than the screen.
//! No colours, as nowhere in the program.

use std::fmt::Write as _;

use super::blocks::{Block, Item, Section};
use super::frame::Frame;
use super::tables::figures;
use crate::base::lang::Lang;
use crate::base::text::{one_line, truncate, width};
use crate::view::chart::{Bar, Chart, Data, Point};
use crate::view::format;
use crate::view::grid::{Field, Grid};

/// How wide text is where there is no terminal.
const PAGE: usize = 100;
/// A line of text is not read well when it is longer.
const LONGEST_LINE: usize = 110;
/// Columns of the longest bar, and of the longest label.
const LONGEST_BAR: usize = 40;
const LONGEST_LABEL: usize = 24;
const SHORTEST_BAR: usize = 4;

/// Writes a report for a terminal of this width.
pub fn write(sections: &[Section], frame: &Frame, columns: Option<usize>, lang: Lang) -> String {
    let page = Screen { columns, wide: columns.unwrap_or(PAGE).clamp(20, LONGEST_LINE), lang };
    let mut out = page.heading(&frame.full_title(lang), '═');
    out += &page.text(&frame.about(lang), "");
    for section in sections {
        out += "\n";
        out += &page.heading(&section.title, '─');
        for (at, block) in section.blocks.iter().enumerate() {
            let is_note = |block: &Block| matches!(block, Block::Note(_) | Block::Text(_));
            let close = at == 0 || (is_note(block) && is_note(&section.blocks[at - 1]));
            out += if close { "" } else { "\n" };
            out += &page.block(block);
        }
    }
    if !frame.provenance.is_empty() {
        out += "\n";
        out += &page.heading(lang.pick("依据", "What it rests on"), '─');
        for (label, value) in &frame.provenance {
            out += &page.text(&format!("{label}: {value}"), "  ");
        }
    }
    out
}

struct Screen {
    columns: Option<usize>,
    wide: usize,
    lang: Lang,
}

impl Screen {
    fn heading(&self, text: &str, under: char) -> String {
        let text = truncate(&one_line(text), self.wide);
        let rule = under.to_string().repeat(width(&text));
        format!("{text}\n{rule}\n")
    }

    /// Text on lines of the screen's width; the second and later ones start with `indent`.
    fn text(&self, text: &str, indent: &str) -> String {
        wrap(&one_line(text), self.wide, indent) + "\n"
    }

    fn block(&self, block: &Block) -> String {
        match block {
            Block::Text(sentences) => sentences.iter().map(|sentence| self.text(sentence, "")).collect(),
            Block::Note(text) => self.text(&format!("- {text}"), "  "),
            Block::Cards(cards) => self.table(&figures(cards, self.lang)),
            Block::Table { caption, grid } => self.text(caption, "") + &self.table(grid),
            Block::Chart(chart) => self.chart(chart),
            Block::Items(items) => {
                let item = |(n, item): (usize, &Item)| {
                    let number = format!("{}. ", n + 1);
                    let indent = " ".repeat(number.len());
                    let rest = [&item.text, &item.evidence].map(|text| self.indented(text, &indent));
                    self.text(&(number + &item.title), &indent) + &rest.concat()
                };
                items.iter().enumerate().map(item).collect()
            }
        }
    }

    fn indented(&self, text: &str, indent: &str) -> String {
        let lines = wrap(&one_line(text), self.wide - indent.len(), "");
        lines.lines().flat_map(|line| [indent, line, "\n"]).collect()
    }

    /// As a table where it fits, else row by row: a name, and beneath it what each column says of it.
    fn table(&self, grid: &Grid) -> String {
        match self.columns {
            Some(columns) if !format::table_fits(grid, columns) => grid.rows.iter().map(|row| self.stacked(grid, row)).collect(),
            columns => format::table(grid, columns),
        }
    }

    /// `label: value` pairs, as many on a line as there is room for; one is broken only where it is longer than a line.
    fn stacked(&self, grid: &Grid, row: &[Field]) -> String {
        const INDENT: &str = "   ";
        let name = row.first().map(|field| self.text(&field.shown, "")).unwrap_or_default();
        let pairs = grid.columns.iter().zip(row).skip(1).filter(|(_, field)| !field.shown.is_empty());
        let mut lines: Vec<String> = Vec::new();
        for (column, field) in pairs {
            let pair = format!("{}: {}", one_line(&column.label), one_line(&field.shown));
            match lines.last_mut() {
                Some(line) if width(line) + width(&pair) + INDENT.len() + 3 <= self.wide => line.extend([" · ", &pair]),
                _ => lines.push(pair),
            }
        }
        name + &lines.iter().map(|line| self.indented(line, INDENT)).collect::<String>()
    }

    fn chart(&self, chart: &Chart) -> String {
        let title = if chart.about.is_empty() { chart.title.clone() } else { format!("{} ({})", chart.title, chart.about) };
        let rows = match &chart.data {
            Data::Bars(bars) | Data::Columns(bars) | Data::Stack(bars) => self.bars(bars),
            Data::Line(points) => {
                let bar = |point: &Point| Bar {
                    label: point.label.clone(),
                    value: point.field.value().unwrap_or(0.0),
                    before: None,
                    shown: point.field.shown.clone(),
                    tone: "",
                };
                self.bars(&points.iter().map(bar).collect::<Vec<_>>())
            }
        };
        self.text(&title, "") + &rows
    }

    /// One bar a line, a thin one beneath for the value before.
    fn bars(&self, bars: &[Bar]) -> String {
        let longest = |texts: &mut dyn Iterator<Item = &String>| texts.map(|text| width(text)).max().unwrap_or(0);
        let shown = longest(&mut bars.iter().map(|bar| &bar.shown));
        let labels = longest(&mut bars.iter().map(|bar| &bar.label)).min(LONGEST_LABEL);
        // a narrow screen takes from the labels before it takes the bars
        let labels = labels.min(self.wide.saturating_sub(shown + SHORTEST_BAR + 4)).max(4);
        let room = self.wide.saturating_sub(labels + shown + 4).clamp(SHORTEST_BAR, LONGEST_BAR);
        let most = bars.iter().flat_map(|bar| [bar.value, bar.before.unwrap_or(0.0)]).fold(0.0_f64, f64::max);
        let mut out = String::new();
        for bar in bars {
            let label = truncate(&one_line(&bar.label), labels);
            let pad = " ".repeat(labels - width(&label));
            let _ = writeln!(out, " {label}{pad}  {} {}", drawn(bar.value, most, room, '█'), one_line(&bar.shown));
            if let Some(before) = bar.before.filter(|before| *before > 0.0) {
                let _ = writeln!(out, " {}  {}", " ".repeat(labels), drawn(before, most, room, '▔').trim_end());
            }
        }
        out
    }
}

/// Whole blocks, and an eighth of one where the block has eighths; what is there at all is seen.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "within the width of a screen")]
fn drawn(value: f64, most: f64, room: usize, block: char) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if !(most > 0.0 && value > 0.0) {
        return String::new();
    }
    let eighths = ((value / most * room as f64 * 8.0).round() as usize).clamp(1, room * 8);
    if block == '█' {
        return "█".repeat(eighths / 8) + EIGHTHS[eighths % 8];
    }
    block.to_string().repeat(eighths.div_ceil(8))
}

/// Lines of at most so many columns: broken at blanks, and between characters of Chinese, but not before a closing mark.
fn wrap(text: &str, columns: usize, indent: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let trimmed = piece.trim_end();
        if !line.is_empty() && width(&line) + width(trimmed) > columns && !line.trim().is_empty() {
            lines.push(line.trim_end().to_owned());
            indent.clone_into(&mut line);
            line += piece.trim_start();
        } else {
            line += piece;
        }
        // one word longer than the screen is cut where it must be
        while width(line.trim_end()) > columns {
            let mut head = String::new();
            for c in line.chars() {
                if width(&head) + width(c.encode_utf8(&mut [0; 4])) > columns {
                    break;
                }
                head.push(c);
            }
            if head.trim().is_empty() {
                break;
            }
            line = format!("{indent}{}", &line[head.len()..]);
            lines.push(head);
        }
    }
    lines.push(line.trim_end().to_owned());
    lines.join("\n")
}

/// Pieces that stay together: a word with its blank, or one wide character with the marks that close it.
fn pieces(text: &str) -> Vec<&str> {
    let mut cuts = Vec::new();
    let mut last: Option<char> = None;
    for (at, c) in text.char_indices() {
        if let Some(last) = last {
            let is_wide = |c: char| width(c.encode_utf8(&mut [0; 4])) == 2;
            let closes = "，。、；：！？）」』”’》〉】,.;:!?)%…".contains(c);
            let opens = "（「『“‘《〈【(".contains(last);
            if !closes && !opens && c != ' ' && (last == ' ' || is_wide(c) || is_wide(last)) {
                cuts.push(at);
            }
        }
        last = Some(c);
    }
    let ends = cuts.iter().copied().chain([text.len()]);
    std::iter::once(0).chain(cuts.iter().copied()).zip(ends).map(|(from, to)| &text[from..to]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::grid::{col, num};
    use crate::view::report::tables::example;

    fn frame() -> Frame {
        Frame {
            book: "云雾茶铺".into(),
            period: "2026Q3".into(),
            currency: "CNY".into(),
            as_of: "2026-10-08".into(),
            provenance: vec![("命令".into(), "carebook report 2026Q3".into())],
            ..Frame::default()
        }
    }

    #[test]
    fn nothing_is_wider_than_the_screen_and_nothing_is_live() {
        for columns in [40, 60, 80, 200] {
            let text = write(&[example(Lang::Zh)], &frame(), Some(columns), Lang::Zh);
            for line in text.lines() {
                assert!(width(line) <= columns, "{columns}: {line}");
                assert_eq!(line.trim_end(), line);
            }
            assert!(!text.contains('\u{202e}') && !text.contains('\u{1b}'));
        }
    }

    #[test]
    fn a_table_that_does_not_fit_is_told_row_by_row() {
        let columns = vec![col("handler", "Handler"), num("n", "Requests"), num("median", "Median time"), num("rate", "Resolved on time")];
        let mut grid = Grid::new("carebook.test.v1", columns);
        grid.rows.push(["Anna-Maria", "1,234", "12 h 30 min", "100.0 %"].map(Field::text).to_vec());
        let page = |columns| Screen { columns: Some(columns), wide: columns, lang: Lang::En }.table(&grid);
        insta::assert_snapshot!(page(40), @r"
        Anna-Maria
           Requests: 1,234
           Median time: 12 h 30 min
           Resolved on time: 100.0 %
        ");
        insta::assert_snapshot!(page(60), @r"
         Handler      Requests   Median time   Resolved on time
        ────────────────────────────────────────────────────────
         Anna-Maria      1,234   12 h 30 min            100.0 %
        ");
        for columns in 40..80 {
            assert!(page(columns).contains("12 h 30 min") && page(columns).contains("100.0 %"), "{}", page(columns));
            assert!(page(columns).lines().all(|line| width(line) <= columns), "{}", page(columns));
        }
    }

    #[test]
    fn as_it_looks() {
        insta::assert_snapshot!(write(&[example(Lang::Zh)], &frame(), Some(80), Lang::Zh), @r"
        云雾茶铺 · 客户服务报告 2026Q3
        ══════════════════════════════
        全部记录 · 截至 2026-10-08 · 货币 CNY

        示例 [x]
        ────────
        本期受理诉求 3 件,其中投诉 1 件;已解决 2 件,未结 1 件。 <script>x</script>

         指标                     本期           上期            变化   去年同期   同比
        ────────────────────────────────────────────────────────────────────────────────
         受理诉求                1,234          1,200             +34          –
         净销售额              −123.45           1.00         −124.45          –
         解决率                 87.3 %         90.0 %   −2.7 个百分点          –
         处理时长中位数   2 小时 30 分   3 小时 30 分    −1 小时 0 分          –
         诉求评分             3.77 / 5       3.87 / 5           −0.10          –
         推荐值 NPS              −16.7          −20.0            +3.3          –

        各类别诉求数 (细条为上期)
         物流       ████████████████████████████████████████ 3 · 50.0 %
                    ▔▔▔▔▔▔▔▔▔▔▔▔▔▔
         =1+1 <b>…  █████████████▍ 1 · 50.0 %
                    ▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔

        按类别
         类别                件数   上期           时长
        ────────────────────────────────────────────────
         物流                   3      1   1 小时 30 分
         =1+1 <b>&\u{202e}      1      2   1 小时 30 分

        各等级客户数
         A     ████████████████████████████████████████ 2 · 50.0 %
         B     ████████████████████████████████████████ 2 · 50.0 %

        诉求评分
         不满意  ████████████████████████████████████████ 1 · 50.0 %
         满意    ████████████████████████████████████████ 1 · 50.0 %

        问卷
         不满意   0 · 50.0 %
         满意    ████████████████████████████████████████ 2 · 50.0 %

        走势
         2026Q1  ████████████████████████ 3
         2026Q2   –
         2026Q3  ████████████████████████████████████████ 5

        1. 重开偏多
           办结前先向客户确认结果。
           本期 6.0 % [reopen_rate]

        - “–” 表示没有数据。

        依据
        ────
        命令: carebook report 2026Q3
        ");
    }

    #[test]
    fn chinese_is_broken_anywhere_but_before_a_mark() {
        assert_eq!(wrap("本期受理诉求三件,其中投诉一件。", 16, ""), "本期受理诉求三\n件,其中投诉一\n件。");
        assert_eq!(wrap("a word and another", 10, "  "), "a word and\n  another");
        assert_eq!(wrap("abcdefghijkl", 5, ""), "abcde\nfghij\nkl");
        assert_eq!(wrap("", 5, ""), "");
    }
}
