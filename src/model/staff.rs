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
