//! The people who serve, and when they are away.

use chrono::NaiveDate;

use super::cell::Tags;
use super::record::record;
use super::table::Part;
use crate::base::id::Id;

record! {
    /// One member of staff, known by a short name.
    Staff, STAFF = "staff", "员工", "Staff", Whole;
    key |r| r.name.to_string();
    part |_r, _locale| Part::Whole;
    name: Id = "名称", "Short name", ["员工", "short_name", "简称"];
    full_name: String = "姓名", "Full name", ["员工姓名"];
    department: String = "部门", "Department", ["所属部门"];
    role: String = "岗位", "Role", ["职务", "职位"];
    skills: Tags = "技能", "Skills", ["专长"];
    regions: Tags = "负责地区", "Regions", ["地区"];
    capacity: Option<u32> = "容量", "Capacity", ["最大在办数"];
    email: String = "邮箱", "Email", ["电子邮箱"];
    phone: String = "电话", "Phone", ["手机"];
    from: Option<NaiveDate> = "入职日期", "From", ["开始日期"];
    until: Option<NaiveDate> = "离职日期", "Until", ["结束日期"];
}

record! {
    /// A leave of absence.
    Absence, ABSENCES = "absences", "缺勤", "Absences", Whole;
    key |r| format!("{} {}", r.staff, r.from);
    part |_r, _locale| Part::Whole;
    staff: Id = "员工", "Staff", ["名称"];
    from: NaiveDate = "开始日期", "From", ["起"];
    until: NaiveDate = "结束日期", "Until", ["止"];
    note: String = "备注", "Note", ["说明"];
}

impl Staff {
    /// Whether a name, as it stands in a cell or a rule, is this person's short or full name.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.as_str() == name || (!self.full_name.is_empty() && self.full_name == name)
    }
}

/// The last day of somebody's leave, if they are away on this day; leaves that follow one another are one.
pub fn away_until(absences: &[Absence], name: &str, day: NaiveDate) -> Option<NaiveDate> {
    let last = |day: NaiveDate| {
        let holds = |absence: &&Absence| absence.staff.as_str() == name && absence.from <= day && day <= absence.until;
        absences.iter().filter(holds).map(|absence| absence.until).max()
    };
    let mut until = last(day)?;
    while let Some(later) = until.succ_opt().and_then(last) {
        until = later;
    }
    Some(until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_in_a_row_are_one() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let leave =
            |from: &str, until: &str| Absence { staff: Id::parse("Ann").unwrap(), from: day(from), until: day(until), note: String::new() };
        let absences = [leave("2026-10-05", "2026-10-07"), leave("2026-10-08", "2026-10-09"), leave("2026-10-12", "2026-10-12")];
        let until = |on: &str| away_until(&absences, "Ann", day(on)).map(|day| day.to_string());
        assert_eq!(until("2026-10-05").as_deref(), Some("2026-10-09"));
        assert_eq!(until("2026-10-09").as_deref(), Some("2026-10-09"));
        assert_eq!(until("2026-10-10"), None);
        assert_eq!(away_until(&absences, "Bo", day("2026-10-05")), None);
    }
}
