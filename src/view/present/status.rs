//! The book at a glance.

use chrono::NaiveDate;

use crate::base::lang::Lang;
use crate::view::grid::{Field, Grid, col};

/// What `status` tells.
#[derive(Debug)]
pub struct Status {
    pub name: String,
    pub folder: String,
    pub today: NaiveDate,
    pub customers: usize,
    pub staff: usize,
    pub orders: usize,
    pub requests: usize,
    pub open: usize,
    pub planned: usize,
    /// Customers to be verified.
    pub verify: usize,
    /// Entries of the ledger.
    pub points: usize,
    /// The columns that the owner declared, `customers.x.NAME`.
    pub columns: Vec<String>,
    pub surveys: Vec<String>,
    /// The hooks, in parentheses those that do not run; `None` when they are off.
    pub hooks: Option<Vec<String>>,
    /// Tiers, revisits, service, calendar, assignment, points.
    pub rules: [String; 6],
}

pub fn grid(status: &Status, lang: Lang) -> Grid {
    let mut grid = Grid::new("carebook.status.v1", vec![col("name", lang.pick("项目", "What")), col("value", lang.pick("内容", "Value"))]);
    let mut row = |code: &str, zh: &str, en: &str, value: Field| grid.rows.push(vec![Field::coded(lang.pick(zh, en), code), value]);
    let count = |n: usize| Field::number(i64::try_from(n).unwrap_or(i64::MAX));
    row("book", "账本", "Book", Field::text(&status.name));
    row("folder", "目录", "Folder", Field::text(&status.folder));
    row("today", "今天", "Today", Field::text(status.today.to_string()));
    row("customers", "客户", "Customers", count(status.customers));
    row("staff", "员工", "Staff", count(status.staff));
    row("orders", "订单", "Orders", count(status.orders));
    row("requests", "诉求", "Requests", count(status.requests));
    row("open", "未结诉求", "Open requests", count(status.open));
    row("planned", "计划回访", "Planned revisits", count(status.planned));
    row("points", "积分记录", "Points entries", count(status.points));
    let due = status.verify;
    let shown = if due > 0 { format!("{due} (carebook customer verify --due)") } else { due.to_string() };
    row("verify_due", "待核对客户", "Customers to verify", Field::coded(shown, due));
    row("surveys", "问卷", "Surveys", Field::text(status.surveys.join(", ")));
    row("columns", "自定义列", "Columns of your own", Field::coded(status.columns.join(", "), status.columns.as_slice()));
    let own = |hash: &String| if hash == "built-in" { lang.pick("内置默认", "built-in").to_owned() } else { hash.clone() };
    row("tiers", "等级规则", "Tier rules", Field::coded(own(&status.rules[0]), status.rules[0].clone()));
    row("revisits", "回访规则", "Revisit rules", Field::coded(own(&status.rules[1]), status.rules[1].clone()));
    row("service", "时限规则", "Service rules", Field::coded(own(&status.rules[2]), status.rules[2].clone()));
    row("calendar", "工作日历", "Calendar", Field::coded(own(&status.rules[3]), status.rules[3].clone()));
    // a book has no such rules until they are written
    for (code, zh, en, hash) in
        [("assignment", "分配规则", "Assignment rules", &status.rules[4]), ("points_rules", "积分规则", "Points rules", &status.rules[5])]
    {
        let hash = if hash == "built-in" { "none" } else { hash.as_str() };
        let shown = if hash == "none" { lang.pick("无", "none") } else { hash };
        row(code, zh, en, Field::coded(shown, hash));
    }
    let hooks = status.hooks.as_ref().map_or_else(|| lang.pick("关", "off").to_owned(), |names| names.join(", "));
    row("hooks", "钩子", "Hooks", Field::coded(hooks, status.hooks.clone().map_or_else(|| "off".into(), serde_json::Value::from)));
    grid
}
