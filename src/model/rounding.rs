//! The named ways of rounding that reproduce what government published.
//!
//! A published percentage is a ratio *and* the arithmetic of the program that printed it: 23 of 80 is 28.75, which the
//! EHC plan files of 2025 print as 28.7 and exact arithmetic as 28.8. That is a property of a publication: the release of 2022
//! of the same figures rounded 63.75 to 63.8. So the contract of a table, or the layout of a release, names its rounding. What a
//! place computes from its own returns is rounded as on paper.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Most decimal places that a rounding may name.
const MOST_PLACES: u8 = 15;

/// How a KPI's value is made from numerator, denominator and scale.
///
/// Written in a table, a layout or a KPI's head as `f64_floor_half(1)`, `decimal_half_up(2)`, `half_even(1)`, `none(5)` or `unrounded`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Rounding {
    /// `floor(n / d * scale * 10^dp + 0.5) / 10^dp` in 64-bit floating point, in that order of operations.
    ///
    /// *Source*: reproduces every percentage of the department's EHC plan files of 2025 (12,166 of 12,166 for timeliness).
    F64FloorHalf(u8),
    /// Exact; a half goes away from zero.
    ///
    /// *Source*: reproduces every school and authority rate of the department's exclusions files to 2016/17 and the percentages of
    /// the performance tables.
    DecimalHalfUp(u8),
    /// Exact; a half goes to the even neighbour.
    HalfEven(u8),
    /// The floating-point ratio, shown to so many places: as recent EES files print their unrounded rates.
    None(u8),
    /// The floating-point ratio, shown to so many significant digits, as R prints it: 0.0123457 with six.
    Significant(u8),
    /// Exact; the digits beyond so many places are cut off, as a database divides decimals.
    ///
    /// *Source*: reproduces the percentages of the department's long files of special educational needs of 2025 and 2026: 8 of 1,704
    /// is printed 0.46948356807, and is 0.469483568075.
    Cut(u8),
    /// The floating-point ratio, shown to so many figures, those before the point and a nought there among them, as a cell of Excel
    /// without a format shows ten: 0.141442716 and 12.64980027. Below 0.0001 Excel turns to powers of ten with six figures.
    ///
    /// *Source*: reproduces the percentages of the department's wide files of special educational needs, and of suspensions by
    /// characteristic.
    Figures(u8),
    /// The numerator times the scale, divided, in floating point, shown to so many significant digits.
    ///
    /// *Source*: the department's file of free school meals of 2026 prints 274 of 357 as 76.750700280112; divided first it would be
    /// 76.7507002801121.
    Scaled(u8),
    /// The floating-point ratio as it is.
    Unrounded,
}

/// How a release rounds: in one way, or in one of two, where its totals and its parts came out of different programs.
///
/// Written as `none(5)`, or as `none(5) or figures(10)`.
///
/// ```
/// use sendmart::model::{Rounding, Ways};
/// let ways: Ways = "none(5) or figures(10)".parse().unwrap();
/// // Absence of 2009/10: the total is printed 4.96003, illness 3.141345486.
/// assert_eq!(ways.of(222_305.0, 4_481_933.0, 100.0, Some(4.96003)), Rounding::None(5));
/// assert_eq!(ways.of(140_793.0, 4_481_933.0, 100.0, Some(3.141345486)), Rounding::Figures(10));
/// // A figure that neither gives is rounded in the first way, and differs.
/// assert_eq!(ways.of(140_793.0, 4_481_933.0, 100.0, Some(3.2)), Rounding::None(5));
/// assert_eq!(ways.of(140_793.0, 4_481_933.0, 100.0, None), Rounding::None(5));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ways {
    /// The way, or the first of the two.
    pub first: Rounding,
    /// The second.
    pub or: Option<Rounding>,
}

impl Ways {
    /// The way in which a row is rounded: the second only where it gives the printed figure and the first does not.
    #[must_use]
    pub fn of(self, numerator: f64, denominator: f64, scale: f64, printed: Option<f64>) -> Rounding {
        let gives = |rounding: Rounding| {
            let value = rounding.apply(numerator, denominator, scale);
            value.zip(printed).is_some_and(|(value, printed)| value.total_cmp(&printed).is_eq())
        };
        match self.or {
            Some(or) if !gives(self.first) && gives(or) => or,
            _ => self.first,
        }
    }
}

impl From<Rounding> for Ways {
    fn from(first: Rounding) -> Self {
        Self { first, or: None }
    }
}

impl FromStr for Ways {
    type Err = RoundingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.split_once(" or ") {
            Some((first, or)) => Self { first: first.trim().parse()?, or: Some(or.trim().parse()?) },
            None => Self { first: text.parse()?, or: None },
        })
    }
}

/// A text that names no rounding.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{0}` is not a rounding; use `f64_floor_half(dp)`, `decimal_half_up(dp)`, `half_even(dp)`, `none(dp)`, `cut(dp)` with 0 to {MOST_PLACES} places, `significant(digits)`, `scaled(digits)`, `figures(digits)` with 1 to {MOST_PLACES}, or `unrounded`"
)]
pub struct RoundingError(pub String);

impl Rounding {
    /// The value of `numerator` over `denominator`, times `scale`, rounded.
    ///
    /// None when the denominator is zero, an argument is not finite, or the exact arithmetic would need more than 38
    /// digits (counts and published decimals never do).
    ///
    /// ```
    /// use sendmart::model::Rounding;
    /// // DfE prints 28.7 and 63.7 where exact arithmetic gives 28.8 and 63.8.
    /// assert_eq!(Rounding::F64FloorHalf(1).apply(23.0, 80.0, 100.0), Some(28.7));
    /// assert_eq!(Rounding::DecimalHalfUp(1).apply(23.0, 80.0, 100.0), Some(28.8));
    /// assert_eq!(Rounding::F64FloorHalf(1).apply(153.0, 240.0, 100.0), Some(63.7));
    /// assert_eq!(Rounding::DecimalHalfUp(1).apply(153.0, 240.0, 100.0), Some(63.8));
    /// // Exclusions to 2016/17: 14.375 is printed 14.38; Somerset 4,985 of 69,221 is 7.20.
    /// assert_eq!(Rounding::DecimalHalfUp(2).apply(23.0, 160.0, 100.0), Some(14.38));
    /// assert_eq!(Rounding::DecimalHalfUp(2).apply(4985.0, 69_221.0, 100.0), Some(7.2));
    /// // A grossed-up count is taken as the decimal that it was printed as.
    /// assert_eq!(Rounding::DecimalHalfUp(2).apply(0.823_529, 935.0, 100.0), Some(0.09));
    /// assert_eq!(Rounding::HalfEven(1).apply(1.0, 16.0, 100.0), Some(6.2));
    /// // England 2023/24, 954,952 suspensions of 8,445,343 pupils.
    /// assert_eq!(Rounding::None(5).apply(954_952.0, 8_445_343.0, 100.0), Some(11.30744));
    /// assert_eq!(Rounding::Significant(6).apply(1.0, 8100.0, 100.0), Some(0.0123457));
    /// // Special educational needs, 2026 and 2025: cut off, and as Excel shows it.
    /// assert_eq!(Rounding::Cut(11).apply(8.0, 1704.0, 100.0), Some(0.46948356807));
    /// assert_eq!(Rounding::Figures(10).apply(1.0, 707.0, 100.0), Some(0.141442716));
    /// assert_eq!(Rounding::Figures(10).apply(1330.0, 10_514.0, 100.0), Some(12.64980027));
    /// // Free school meals, 2026: multiplied, and then divided.
    /// assert_eq!(Rounding::Scaled(15).apply(274.0, 357.0, 100.0), Some(76.750700280112));
    /// assert_eq!(Rounding::Unrounded.apply(1.0, 8.0, 1.0), Some(0.125));
    /// assert_eq!(Rounding::DecimalHalfUp(1).apply(1.0, 0.0, 100.0), None);
    /// ```
    #[must_use]
    pub fn apply(self, numerator: f64, denominator: f64, scale: f64) -> Option<f64> {
        let usable = numerator.is_finite() && denominator.is_finite() && scale.is_finite() && denominator != 0.0;
        if !usable {
            return None;
        }
        let ratio = numerator / denominator * scale;
        match self {
            Self::F64FloorHalf(places) => {
                let unit = 10_f64.powi(i32::from(places));
                Some((ratio * unit + 0.5).floor() / unit)
            }
            Self::DecimalHalfUp(places) => exact(numerator, denominator, scale, places, Half::AwayFromZero),
            Self::HalfEven(places) => exact(numerator, denominator, scale, places, Half::ToEven),
            Self::None(places) => format!("{ratio:.*}", usize::from(places)).parse().ok(),
            Self::Significant(digits) => format!("{ratio:.*e}", usize::from(digits).saturating_sub(1)).parse().ok(),
            Self::Cut(places) => exact(numerator, denominator, scale, places, Half::Cut),
            Self::Figures(figures) => figured(ratio, figures),
            Self::Scaled(digits) => {
                let scaled = numerator * scale / denominator;
                format!("{scaled:.*e}", usize::from(digits).saturating_sub(1)).parse().ok()
            }
            Self::Unrounded => Some(ratio),
        }
    }

    /// What it does, in a few words.
    ///
    /// ```
    /// use sendmart::model::Rounding;
    /// assert_eq!(Rounding::DecimalHalfUp(1).words(), "exact decimal, a half goes up, to 1 decimal");
    /// ```
    #[must_use]
    pub fn words(self) -> String {
        let how = match self {
            Self::F64FloorHalf(_) => "64-bit floating point, a half goes up where the machine still sees it",
            Self::DecimalHalfUp(_) => "exact decimal, a half goes up",
            Self::HalfEven(_) => "exact decimal, a half goes to the even neighbour",
            Self::None(_) => "the 64-bit floating-point ratio, shown",
            Self::Significant(digits) => {
                return format!("the 64-bit floating-point ratio, shown to {digits} significant digits");
            }
            Self::Figures(figures) => {
                return format!(
                    "the 64-bit floating-point ratio, shown to {figures} figures, a nought before the point among them"
                );
            }
            Self::Scaled(digits) => {
                return format!(
                    "multiplied and then divided in 64-bit floating point, shown to {digits} significant digits"
                );
            }
            Self::Cut(_) => "exact decimal, cut off",
            Self::Unrounded => "the 64-bit floating-point ratio as it is",
        };
        match self.places() {
            Some(1) => format!("{how}, to 1 decimal"),
            Some(places) => format!("{how}, to {places} decimals"),
            None => how.to_owned(),
        }
    }

    /// Decimal places of the values; none for `significant`, `scaled`, `figures` and `unrounded`.
    #[must_use]
    pub fn places(self) -> Option<u8> {
        match self {
            Self::F64FloorHalf(places)
            | Self::DecimalHalfUp(places)
            | Self::HalfEven(places)
            | Self::Cut(places)
            | Self::None(places) => Some(places),
            Self::Significant(_) | Self::Figures(_) | Self::Scaled(_) | Self::Unrounded => None,
        }
    }
}

impl FromStr for Rounding {
    type Err = RoundingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fail = || RoundingError(text.to_owned());
        if text == "unrounded" {
            return Ok(Self::Unrounded);
        }
        let (name, rest) = text.split_once('(').ok_or_else(fail)?;
        let places: u8 = rest.strip_suffix(')').and_then(|places| places.trim().parse().ok()).ok_or_else(fail)?;
        if places > MOST_PLACES {
            return Err(fail());
        }
        match name {
            "f64_floor_half" => Ok(Self::F64FloorHalf(places)),
            "decimal_half_up" => Ok(Self::DecimalHalfUp(places)),
            "half_even" => Ok(Self::HalfEven(places)),
            "none" => Ok(Self::None(places)),
            "cut" => Ok(Self::Cut(places)),
            "significant" if places > 0 => Ok(Self::Significant(places)),
            "scaled" if places > 0 => Ok(Self::Scaled(places)),
            "figures" if places > 0 => Ok(Self::Figures(places)),
            _ => Err(fail()),
        }
    }
}

impl TryFrom<String> for Rounding {
    type Error = RoundingError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Rounding> for String {
    fn from(rounding: Rounding) -> Self {
        rounding.to_string()
    }
}

impl fmt::Display for Rounding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::F64FloorHalf(places) => write!(f, "f64_floor_half({places})"),
            Self::DecimalHalfUp(places) => write!(f, "decimal_half_up({places})"),
            Self::HalfEven(places) => write!(f, "half_even({places})"),
            Self::None(places) => write!(f, "none({places})"),
            Self::Significant(digits) => write!(f, "significant({digits})"),
            Self::Cut(places) => write!(f, "cut({places})"),
            Self::Scaled(digits) => write!(f, "scaled({digits})"),
            Self::Figures(figures) => write!(f, "figures({figures})"),
            Self::Unrounded => f.write_str("unrounded"),
        }
    }
}

/// Where an exact half goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    AwayFromZero,
    ToEven,
    /// Not a half alone: nothing goes up.
    Cut,
}

/// A ratio shown to so many figures, those before the point among them; small ones as Excel shows them, to six.
fn figured(ratio: f64, figures: u8) -> Option<f64> {
    const SMALL: f64 = 1e-4;
    if ratio != 0.0 && ratio.abs() < SMALL {
        return format!("{ratio:.5e}").parse().ok();
    }
    let before = |text: &str| text.trim_start_matches('-').split('.').next().map_or(1, str::len);
    let shown = |whole: usize| format!("{ratio:.*}", usize::from(figures).saturating_sub(whole));
    let whole = before(&format!("{}", ratio.trunc()));
    let text = shown(whole);
    // What 9.99999999999 is rounded to has a figure more before the point.
    if before(&text) > whole { shown(before(&text)).parse().ok() } else { text.parse().ok() }
}

/// `numerator / denominator * scale` to `places` decimals in integer arithmetic, as the nearest `f64`: the same one that
/// parsing the printed figure gives.
fn exact(numerator: f64, denominator: f64, scale: f64, places: u8, half: Half) -> Option<f64> {
    let (n, n_places) = decimal(numerator)?;
    let (d, d_places) = decimal(denominator)?;
    let (s, s_places) = decimal(scale)?;
    // value * 10^places = (n * s * 10^(places + d_places)) / (d * 10^(n_places + s_places))
    let mut top = n.checked_mul(s)?.checked_mul(power_of_ten(u32::from(places) + d_places)?)?;
    let mut bottom = d.checked_mul(power_of_ten(n_places + s_places)?)?;
    if bottom < 0 {
        (top, bottom) = (-top, -bottom);
    }
    let (quotient, rest) = (top.abs() / bottom, top.abs() % bottom);
    let up = match rest.checked_mul(2)?.cmp(&bottom) {
        _ if half == Half::Cut => false,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => match half {
            Half::AwayFromZero => true,
            Half::ToEven | Half::Cut => quotient % 2 == 1,
        },
    };
    let units = quotient + i128::from(up);
    let sign = if top < 0 && units != 0 { "-" } else { "" };
    format!("{sign}{units}e-{places}").parse().ok()
}

/// The decimal that this number was: digits and how many of them stand after the point.
///
/// Fifteen digits are what a decimal keeps in 64 bits. The sixteenth and seventeenth are what adding up left there: 0.1 and 0.2 are
/// 0.30000000000000004, and a half would no longer be one.
fn decimal(number: f64) -> Option<(i128, u32)> {
    let text = format!("{number:.14e}");
    let (mantissa, exponent) = text.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let places = i32::try_from(fraction.len()).ok()? - exponent;
    match u32::try_from(places) {
        Ok(places) => Some((digits, places)),
        Err(_) => Some((digits.checked_mul(power_of_ten(places.unsigned_abs())?)?, 0)),
    }
}

fn power_of_ten(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Long division digit by digit, then school rounding on the text.
    fn by_hand(numerator: u64, denominator: u64, places: usize) -> String {
        let (mut rest, denominator) = (u128::from(numerator) * 100, u128::from(denominator));
        let mut digits: Vec<u8> = (rest / denominator).to_string().bytes().map(|byte| byte - b'0').collect();
        rest %= denominator;
        for _ in 0..=places {
            rest *= 10;
            digits.push(u8::try_from(rest / denominator).unwrap());
            rest %= denominator;
        }
        let mut carry = digits.pop().unwrap() >= 5;
        for digit in digits.iter_mut().rev() {
            if carry {
                carry = *digit == 9;
                *digit = (*digit + 1) % 10;
            }
        }
        if carry {
            digits.insert(0, 1);
        }
        let mut text: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
        text.insert(text.len() - places, '.');
        text
    }

    proptest! {
        #[test]
        fn half_up_agrees_with_long_division(n in 0_u64..10_000_000, d in 1_u64..10_000_000, places in 0_u8..=5) {
            let printed: f64 = by_hand(n, d, usize::from(places)).parse().unwrap();
            let value = Rounding::DecimalHalfUp(places).apply(n as f64, d as f64, 100.0).unwrap();
            prop_assert_eq!(value.to_bits(), printed.to_bits());
        }

        #[test]
        fn the_exact_modes_differ_only_on_halves(n in 0_u32..100_000, d in 1_u32..100_000) {
            let up = Rounding::DecimalHalfUp(1).apply(f64::from(n), f64::from(d), 100.0).unwrap();
            let even = Rounding::HalfEven(1).apply(f64::from(n), f64::from(d), 100.0).unwrap();
            let half = (u64::from(n) * 2000) % u64::from(d) == 0 && (u64::from(n) * 2000 / u64::from(d)) % 2 == 1;
            prop_assert!(up.total_cmp(&even).is_eq() || half);
        }
    }

    #[test]
    fn names_read_and_print_alike() {
        for name in [
            "f64_floor_half(1)",
            "decimal_half_up(2)",
            "half_even(0)",
            "none(5)",
            "cut(11)",
            "significant(6)",
            "scaled(15)",
            "figures(10)",
            "unrounded",
        ] {
            assert_eq!(name.parse::<Rounding>().unwrap().to_string(), name);
        }
        for wrong in ["half_up(1)", "none", "none(16)", "significant(0)", "none(-1)", "decimal_half_up(1", ""] {
            assert_eq!(wrong.parse::<Rounding>(), Err(RoundingError(wrong.to_owned())));
        }
    }

    #[test]
    fn negatives_round_away_from_zero_and_zero_has_no_sign() {
        assert_eq!(Rounding::DecimalHalfUp(1).apply(-1.0, 80.0, 100.0), Some(-1.3));
        let zero = Rounding::DecimalHalfUp(1).apply(-1.0, 1_000_000.0, 100.0).unwrap();
        assert!(zero.is_sign_positive());
    }

    #[test]
    fn what_adding_up_left_behind_is_no_part_of_a_number() {
        // A floating-point sum of 0.15 and 0.1 hours is a quarter of an hour, and half a tenth goes up.
        for sum in [0.15 + 0.1, 0.7 - 0.45, 2.675 - 2.425] {
            assert_eq!(Rounding::DecimalHalfUp(1).apply(sum, 1.0, 1.0), Some(0.3), "{sum}");
        }
        // Counts and printed decimals are taken whole.
        assert_eq!(Rounding::DecimalHalfUp(0).apply(999_999_999_999_999.0, 1.0, 1.0), Some(999_999_999_999_999.0));
        assert_eq!(Rounding::DecimalHalfUp(2).apply(123_456_789.125, 1.0, 1.0), Some(123_456_789.13));
        assert_eq!(Rounding::DecimalHalfUp(2).apply(1e-9, 1.0, 1.0), Some(0.0));
        assert_eq!(Rounding::DecimalHalfUp(2).apply(1e18, 1.0, 1.0), Some(1e18));
    }

    #[test]
    fn what_cannot_be_computed_has_no_value() {
        assert_eq!(Rounding::Unrounded.apply(1.0, 0.0, 1.0), None);
        assert_eq!(Rounding::F64FloorHalf(1).apply(f64::NAN, 1.0, 1.0), None);
        assert_eq!(Rounding::DecimalHalfUp(2).apply(1e300, 1.0, 1.0), None);
    }
}
