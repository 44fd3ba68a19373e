//! Names of customers folded, so that 北京纷扬科技有限公司, 紛揚科技 and ＦＥＮＹＡＮＧ Tech Co., Ltd. can be held against
//! others: width, case, traditional characters, signs and blanks, what a company is called for its legal form, and the
//! region in front of it.

use std::collections::HashMap;

use crate::base::text::fold_key;

/// A name for matching.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Name {
    /// What is left when legal form and region are taken off; letters and digits only. Blank: no name.
    pub core: String,
    /// The region that was named, without 省 and 市.
    pub region: String,
    /// A company's, by the archive or by a legal form at its end.
    pub company: bool,
}

/// Traditional characters and their simplified ones, by a table that others keep.
const TRADITIONAL: &str = hanconv::RawDictionary::TSCharacters.text();

/// The legal forms of companies; the longer before those they end with.
const FORMS: &[&str] = &[
    "股份有限公司",
    "有限责任公司",
    "集团有限公司",
    "有限公司",
    "总公司",
    "公司",
    "集团",
    "工作室",
    "个体工商户",
    "经营部",
    "专卖店",
    "旗舰店",
    "商店",
    "商行",
    "店",
];

/// The same at the end of a name of words.
const FORM_WORDS: &[&str] = &[
    "co",
    "company",
    "ltd",
    "limited",
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "llc",
    "llp",
    "plc",
    "gmbh",
    "ag",
    "sa",
    "srl",
    "bv",
    "kg",
    "pte",
    "pty",
    "oy",
    "ab",
    "group",
];

/// Provinces, and the large cities that companies put before their names.
const REGIONS: &[&str] = &[
    "北京",
    "上海",
    "天津",
    "重庆",
    "河北",
    "山西",
    "辽宁",
    "吉林",
    "黑龙江",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "海南",
    "四川",
    "贵州",
    "云南",
    "陕西",
    "甘肃",
    "青海",
    "台湾",
    "内蒙古",
    "广西",
    "西藏",
    "宁夏",
    "新疆",
    "香港",
    "澳门",
    "石家庄",
    "太原",
    "沈阳",
    "大连",
    "长春",
    "哈尔滨",
    "南京",
    "苏州",
    "无锡",
    "常州",
    "南通",
    "徐州",
    "杭州",
    "宁波",
    "温州",
    "绍兴",
    "嘉兴",
    "金华",
    "台州",
    "合肥",
    "芜湖",
    "福州",
    "厦门",
    "泉州",
    "南昌",
    "济南",
    "青岛",
    "烟台",
    "潍坊",
    "郑州",
    "洛阳",
    "武汉",
    "长沙",
    "广州",
    "深圳",
    "东莞",
    "佛山",
    "珠海",
    "中山",
    "惠州",
    "汕头",
    "海口",
    "三亚",
    "成都",
    "绵阳",
    "贵阳",
    "昆明",
    "西安",
    "兰州",
    "西宁",
    "呼和浩特",
    "南宁",
    "桂林",
    "拉萨",
    "银川",
    "乌鲁木齐",
];

/// What may stand between a region and the rest.
const LEVELS: &[&str] = &["维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "省", "市"];

/// Characters that must be left of a name when something is taken off.
const LEAST: usize = 2;

/// Folds names, addresses and the like.
#[derive(Debug)]
pub struct Folder {
    simplified: HashMap<char, char>,
}

impl Default for Folder {
    fn default() -> Folder {
        let entry = |line: &str| {
            let (from, to) = line.split_once('\t')?;
            let (from, to) = (from.chars().next()?, to.chars().next()?);
            (!from.is_ascii() && from != to).then_some((from, to))
        };
        Folder { simplified: TRADITIONAL.lines().filter_map(entry).collect() }
    }
}

impl Folder {
    /// Width, case and traditional characters; signs stay.
    fn plain(&self, text: &str) -> String {
        let folded = fold_key(text);
        if folded.is_ascii() { folded } else { folded.chars().map(|c| *self.simplified.get(&c).unwrap_or(&c)).collect() }
    }

    /// Letters and digits alone.
    pub fn text(&self, text: &str) -> String {
        self.plain(text).chars().filter(|c| c.is_alphanumeric()).collect()
    }

    /// A name; one of a `person` keeps everything.
    pub fn name(&self, text: &str, company: Option<bool>) -> Name {
        let plain = self.plain(text);
        if company == Some(false) {
            let core = plain.chars().filter(|c| c.is_alphanumeric()).collect();
            return Name { core, region: String::new(), company: false };
        }
        let (plain, bracketed) = without_brackets(&plain);
        let (core, formed) = without_form(&plain);
        let (region, core) = split_region(&core);
        let region = if region.is_empty() { bracketed } else { region };
        Name { core, region, company: formed || company == Some(true) }
    }
}

/// A region in brackets, as in 纷扬科技(北京)有限公司, is taken out; others stay.
fn without_brackets(text: &str) -> (String, String) {
    for (at, _) in text.match_indices('(') {
        let Some(end) = text[at..].find(')').map(|end| at + end) else { break };
        let inside: String = text[at + 1..end].chars().filter(|c| c.is_alphanumeric()).collect();
        if let Some(region) =
            REGIONS.iter().find(|region| inside.strip_prefix(**region).is_some_and(|rest| rest.is_empty() || LEVELS.contains(&rest)))
        {
            return (format!("{}{}", &text[..at], &text[end + 1..]), (*region).to_owned());
        }
    }
    (text.to_owned(), String::new())
}

/// The letters and digits of a name without the legal form at its end, and whether there was one.
fn without_form(text: &str) -> (String, bool) {
    let mut words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let all = words.len();
    while words.len() > 1 && words.last().is_some_and(|word| FORM_WORDS.contains(word)) {
        words.pop();
    }
    let mut formed = words.len() < all;
    let mut core = words.concat();
    while let Some(rest) = FORMS.iter().find_map(|form| core.strip_suffix(form)).filter(|rest| rest.chars().count() >= LEAST) {
        core.truncate(rest.len());
        formed = true;
    }
    (core, formed)
}

/// The region in front of a name, and the rest: 浙江省杭州市纷扬 → 浙江杭州, 纷扬.
fn split_region(core: &str) -> (String, String) {
    let mut region = String::new();
    let mut rest = core;
    while let Some((named, after)) = REGIONS.iter().find_map(|region| Some((*region, rest.strip_prefix(region)?))) {
        let after = LEVELS.iter().find_map(|level| after.strip_prefix(level)).unwrap_or(after);
        if after.chars().count() < LEAST {
            break;
        }
        region.push_str(named);
        rest = after;
    }
    (region, rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn core(text: &str) -> String {
        Folder::default().name(text, None).core
    }

    #[test]
    fn names_that_are_one() {
        for text in [
            "纷扬科技",
            "北京纷扬科技有限公司",
            "北京市纷扬科技有限责任公司",
            "紛揚科技股份有限公司",
            "纷扬科技（北京）有限公司",
            "浙江省杭州市纷扬科技公司",
            " 纷 扬·科技 ",
            "纷扬科技集团有限公司",
            "纷扬科技店",
        ] {
            assert_eq!(core(text), "纷扬科技", "{text}");
        }
        let english =
            ["Fenyang Tech", "FENYANG  TECH Co., Ltd.", "Ｆｅｎｙａｎｇ-Tech Inc", "Fenyang Tech LLC", "fenyang tech GmbH & Co. KG"];
        for text in english {
            assert_eq!(core(text), "fenyangtech", "{text}");
        }
    }

    #[test]
    fn what_is_kept() {
        // never to nothing: a region, a form or a short name alone stays
        for (text, kept) in [("北京", "北京"), ("公司", "公司"), ("上海一公司", "上海一"), ("Co Ltd", "co"), ("", ""), ("——", "")]
        {
            assert_eq!(core(text), kept, "{text}");
        }
        let folder = Folder::default();
        let named = |text: &str, company| folder.name(text, company);
        assert_eq!(named("张店", Some(false)).core, "张店");
        assert_eq!(named("北京纷扬科技有限公司", None), Name { core: "纷扬科技".into(), region: "北京".into(), company: true });
        assert_eq!(named("纷扬(上海)", None), Name { core: "纷扬".into(), region: "上海".into(), company: false });
        assert!(named("Anna", Some(true)).company && !named("Anna", None).company);
        assert_eq!(folder.text("杭州市 西湖區, 文三路１號"), "杭州市西湖区文三路1号");
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "(北京|上海市|浙江省)?[纷扬科技茶萬乾a-zA-Z .,()（）]{0,12}(有限公司|集团|店| Co., Ltd.| Inc)?") {
            let folder = Folder::default();
            let once = folder.text(&text);
            prop_assert_eq!(folder.text(&once), once);
            let person = folder.name(&text, Some(false)).core;
            prop_assert_eq!(folder.name(&person, Some(false)).core, person);
        }
    }
}
