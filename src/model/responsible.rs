//! Who answers for what went wrong (责任方): departments and people, their shares, the day it was decided.
//! Kept as it was written; this reads it.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::base::date::{DateOrder, parse_date};
use crate::base::problem::What;
use crate::base::text::fold_width;

/// The parts of a statement such as `客服部:60% 小李:40% 2026-10-08`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Responsible {
    /// Names with their share in percent; a statement without shares has none.
    pub shares: Vec<(String, Decimal)>,
    pub decided_on: Option<NaiveDate>,
}

/// Reads a statement. One without any share is a name, whatever it says.
///
/// # Errors
/// [`What::Usage`] for a share that is none, a name without a share beside others with one, or shares that do not make 100.
pub fn read(text: &str) -> Result<Responsible, What> {
    let folded = fold_width(text);
    if !folded.contains('%') {
        return Ok(Responsible::default());
    }
    let mut found = Responsible::default();
    for part in folded.split([' ', '\t', ',', ';', '、', '，', '；']).filter(|part| !part.is_empty()) {
        if let Ok(day) = parse_date(part, DateOrder::Iso) {
            found.decided_on = Some(day);
            continue;
        }
        let share = part.strip_suffix('%').and_then(|body| body.rsplit_once(':'));
        let share = share.and_then(|(name, number)| Some((name.to_owned(), number.parse::<Decimal>().ok()?)));
        match share.filter(|(name, number)| !name.is_empty() && *number > Decimal::ZERO) {
            Some(share) => found.shares.push(share),
            None => {
                let message = [format!("责任方 “{part}” 应写成 名称:60%"), format!("responsible: write \"{part}\" as NAME:60%")];
                return Err(What::Usage { message });
            }
        }
    }
    let sum: Decimal = found.shares.iter().map(|(_, share)| *share).sum();
    if sum != Decimal::ONE_HUNDRED {
        let sum = sum.normalize();
        let message = [format!("责任比例之和为 {sum}%,应为 100%"), format!("the shares of the responsible add up to {sum} %, not 100 %")];
        return Err(What::Usage { message });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_make_a_hundred() {
        let found = read("客服部：60％ 小李:40% 2026-10-08").unwrap();
        assert_eq!(found.shares, [("客服部".to_owned(), Decimal::from(60)), ("小李".to_owned(), Decimal::from(40))]);
        assert_eq!(found.decided_on.unwrap().to_string(), "2026-10-08");
        assert_eq!(read("物流公司").unwrap(), Responsible::default());
        assert!(read("a:33.3%, b:33.3%, c:33.4%").is_ok());
        for text in ["a:60% b:30%", "a:60% b", "a:x% b:40%", ":100%", "a:160% b:-60%", "60%"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
