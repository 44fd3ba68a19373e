//! The knowledge base (知识库): common problems and their solutions.

use chrono::NaiveDate;

use super::cell::Tags;
use super::record::record;
use super::table::Part;
use super::vocabulary::codes;
use crate::base::id::Id;

codes! {
    /// Whether an entry still holds.
    KnowledgeStatus {
        Current = "current", "有效", "Current", ["现行"];
        Retired = "retired", "停用", "Retired", ["作废", "已停用"];
    }
}

record! {
    /// One entry of the knowledge base: a problem and what helps.
    Knowledge, KNOWLEDGE = "knowledge", "知识", "Knowledge", Whole;
    key |r| r.id.to_string();
    part |_r, _locale| Part::Whole;
    id: Id = "知识编号", "ID", ["编号"];
    title: String = "标题", "Title", ["问题", "problem"];
    category: String = "类别", "Category", ["诉求类别", "分类"];
    cause: String = "原因", "Cause", ["根本原因", "root cause"];
    solution: String = "解决办法", "Solution", ["办法", "处理办法"];
    /// The product, and words by which to find it.
    tags: Tags = "关键词", "Keywords", ["标签", "产品", "tags", "product"];
    added_on: Option<NaiveDate> = "添加日期", "Added on";
    added_by: String = "添加人", "Added by";
    /// The day somebody last looked it over.
    reviewed_on: Option<NaiveDate> = "复核日期", "Reviewed on";
    status: Option<KnowledgeStatus> = "状态", "Status";
    note: String = "备注", "Note", ["说明"];
}

impl Knowledge {
    /// An entry of which only the title is known.
    pub fn new(id: Id, title: String) -> Knowledge {
        Knowledge {
            id,
            title,
            category: String::new(),
            cause: String::new(),
            solution: String::new(),
            tags: Tags::default(),
            added_on: None,
            added_by: String::new(),
            reviewed_on: None,
            status: Some(KnowledgeStatus::Current),
            note: String::new(),
        }
    }

    /// A blank status means current.
    pub fn is_current(&self) -> bool {
        self.status != Some(KnowledgeStatus::Retired)
    }

    /// `K0001 标题`.
    pub fn named(&self) -> String {
        format!("{} {}", self.id, self.title.trim()).trim_end().to_owned()
    }
}
