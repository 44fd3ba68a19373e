//! What spreadsheets lose: digits (`8.68533E+14`, zeros after the fifteenth digit, zeros that stood in front), and values of formulas.

use super::text::fold_width;

/// Digits that a spreadsheet keeps of a number.
const KEPT: usize = 15;

/// What a spreadsheet shows where a formula failed: no value of anything.
const CELL_ERRORS: [&str; 9] = ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"];

/// Whether a cell is a failed formula.
pub fn is_cell_error(text: &str) -> bool {
    CELL_ERRORS.contains(&text.trim())
}

/// Whether a spreadsheet may have made `seen` of `whole`.
pub fn may_be(seen: &str, whole: &str) -> bool {
    let (seen, whole) = (fold_width(seen), fold_width(whole));
    // as a number it has no sign and no zeros in front
    let digits = whole.trim().trim_start_matches('+');
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let bare = digits.trim_start_matches('0');
    let seen = seen.trim();
    match exponent(seen) {
        Some((mantissa, exponent)) => bare.len() == exponent + 1 && begins(bare, &mantissa),
        None if !seen.bytes().all(|b| b.is_ascii_digit()) || seen.is_empty() => false,
        None if is_cut(seen) => bare.len() == seen.len() && begins(bare, &seen[..KEPT]),
        None => seen == bare || (seen == "0" && bare.is_empty()),
    }
}

/// Whether digits are gone for good: an exponent, or zeros from the sixteenth digit on.
pub fn is_lost(seen: &str) -> bool {
    let seen = fold_width(seen);
    exponent(seen.trim()).is_some() || is_cut(seen.trim())
}

/// More than fifteen digits that end in zeros.
fn is_cut(text: &str) -> bool {
    text.len() > KEPT && text.bytes().all(|b| b.is_ascii_digit()) && text.bytes().skip(KEPT).all(|b| b == b'0')
}

/// The digits before an exponent, and the exponent: `8.68533E+14` is `868533` and 14.
fn exponent(text: &str) -> Option<(String, usize)> {
    let (mantissa, exponent) = text.split_once(['E', 'e'])?;
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let fits = whole.len() == 1 && digits(whole) && digits(fraction) && !exponent.is_empty() && digits(exponent);
    fits.then(|| Some((format!("{whole}{fraction}"), exponent.parse().ok().filter(|e| *e < 40)?)))?
}

/// Whether digits begin with these, the last of them cut or rounded.
fn begins(digits: &str, head: &str) -> bool {
    if digits.len() < head.len() || head.len() > 18 {
        return digits.trim_end_matches('0') == head.trim_end_matches('0');
    }
    let (front, rest) = digits.split_at(head.len());
    let (front, head) = (front.parse::<u64>().unwrap_or(0), head.parse::<u64>().unwrap_or(0));
    front == head || (front + 1 == head && rest.as_bytes().first().is_some_and(|b| *b >= b'5'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_may_have_been_lost() {
        for (seen, whole) in [
            ("8.68533E+14", "868533010000199"),
            ("1.38E+10", "13800138000"),
            ("8.6138E+12", "+8613800138000"),
            ("622202123456789000", "622202123456789123"),
            ("622202123456790000", "622202123456789512"),
            ("7", "007"),
            ("13800138000", "013800138000"),
            ("0", "000"),
        ] {
            assert!(may_be(seen, whole), "{seen} {whole}");
        }
        for (seen, whole) in [
            ("8.68533E+14", "868534010000199"),
            ("8.68533E+14", "86853301000019"),
            ("622202123456789000", "622202123456780123"),
            ("622202123456789123", "622202123456789124"),
            ("7", "70"),
            ("C1", "C001"),
            ("", "0"),
        ] {
            assert!(!may_be(seen, whole), "{seen} {whole}");
        }
        assert!(is_lost("8.68533E+14") && is_lost("622202123456789000"));
        assert!(!is_lost("622202123456789100") && !is_lost("1000") && !is_lost("E20261128-1e5"));
    }

    proptest! {
        /// Whatever a spreadsheet makes of digits may be them.
        #[test]
        fn every_loss_is_seen(whole in "0{0,3}[1-9][0-9]{0,17}", places in 1_usize..8) {
            let number: f64 = whole.parse().unwrap();
            let seen = format!("{number:.places$e}");
            let seen = seen.replace('e', "E+");
            prop_assume!(whole.trim_start_matches('0').len() < 16);
            let carried = seen.starts_with("1.0") && !whole.trim_start_matches('0').starts_with('1');
            prop_assume!(!carried);
            prop_assert!(may_be(&seen, &whole), "{} {}", seen, whole);
        }
    }
}
