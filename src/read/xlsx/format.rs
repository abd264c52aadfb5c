//! What a number format makes of a number: a day, a time, a percentage, or a number.

use crate::read::padded::Digits;

/// What a number is, by its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::read) enum Shown {
    /// A number: general, with decimals, as currency, as text.
    #[default]
    Number,
    /// A number shown as a percentage.
    Percent,
    /// A day, with or without a time.
    Day,
    /// A time of day: a day's fraction, or a day of which the time is shown.
    Time,
    /// A length of time, such as `[h]:mm`.
    Elapsed,
    /// A number shown as a code, with all its digits: `0000000`.
    Padded(Digits),
}

/// The formats that every workbook has, by their number. Those of East Asia are dates in some locales.
///
/// *Source*: ECMA-376 part 1, 18.8.30.
pub(super) fn built_in(id: u32) -> Shown {
    match id {
        9 | 10 => Shown::Percent,
        14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58 => Shown::Day,
        18..=21 | 32..=35 | 45 | 47 | 55 | 56 => Shown::Time,
        46 => Shown::Elapsed,
        _ => Shown::Number,
    }
}

/// What a format code makes of a positive number: its first section counts.
///
/// Quoted text, escaped characters, colours, conditions and locales are passed over; so is `General`.
pub(in crate::read) fn shown(code: &str) -> Shown {
    let (mut day, mut month_or_minute, mut time, mut percent) = (false, false, false, false);
    let mut rest = code.chars();
    while let Some(character) = rest.next() {
        match character {
            '"' => {
                rest.find(|character| *character == '"');
            }
            '\\' | '_' | '*' => {
                rest.next();
            }
            ';' => break,
            '[' => {
                let inside: String = rest.by_ref().take_while(|character| *character != ']').collect();
                let mut letters = inside.chars().map(|letter| letter.to_ascii_lowercase());
                if let Some(first @ ('h' | 'm' | 's')) = letters.next()
                    && letters.all(|letter| letter == first)
                {
                    return Shown::Elapsed;
                }
            }
            'g' | 'G' => {
                let text = rest.as_str();
                if text.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("eneral")) {
                    rest.nth(5);
                }
            }
            'a' | 'A' => {
                let text = rest.as_str();
                for word in ["m/pm", "/p"] {
                    if text.get(..word.len()).is_some_and(|next| next.eq_ignore_ascii_case(word)) {
                        rest.nth(word.len() - 1);
                        time = true;
                        break;
                    }
                }
                day |= text.get(..2).is_some_and(|next| next.eq_ignore_ascii_case("aa"));
            }
            'y' | 'Y' | 'd' | 'D' => day = true,
            'm' | 'M' => month_or_minute = true,
            'h' | 'H' | 's' | 'S' => time = true,
            '%' => percent = true,
            _ => {}
        }
    }
    if day || (month_or_minute && !time) {
        Shown::Day
    } else if time {
        Shown::Time
    } else if percent {
        Shown::Percent
    } else {
        Digits::of(code).map_or(Shown::Number, Shown::Padded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Among them the cases of the tests of calamine, readxl and openpyxl.
    #[test]
    fn a_format_code_says_what_a_number_is() {
        for (code, wanted) in [
            ("General", Shown::Number),
            ("GENERAL", Shown::Number),
            ("0.00", Shown::Number),
            ("#,##0\\ [$\u{20bd}-46D]", Shown::Number),
            ("#,##0\\ [$''u20bd-46D]", Shown::Number),
            ("\"Y: \"0.00\"m\";\"Y: \"-0.00\"m\";\"Y: <num>m\";@", Shown::Number),
            ("\"$\"#,##0_);[Red](\"$\"#,##0)", Shown::Number),
            ("[$£-809]#,##0.00;[Red]-[$£-809]#,##0.00", Shown::Number),
            ("0_ ;[Red]\\-0\\ ", Shown::Number),
            ("\"Year \"0", Shown::Number),
            ("\"unclosed dd/mm", Shown::Number),
            ("0\\d", Shown::Number),
            ("#_d", Shown::Number),
            ("[Red]General", Shown::Number),
            ("@", Shown::Number),
            ("", Shown::Number),
            ("0.00E+00", Shown::Number),
            ("[>=100]0.0;0", Shown::Number),
            ("0%", Shown::Percent),
            ("[Blue]0.0%;[Red]-0.0%", Shown::Percent),
            ("0\"%\"", Shown::Number),
            ("DD/MM/YY", Shown::Day),
            ("H:MM:SS;@", Shown::Time),
            ("m\"M\"d\"D\";@", Shown::Day),
            ("[$-409]d\\-mmm\\-yy;@", Shown::Day),
            ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", Shown::Day),
            ("[Red]dd/mm/yyyy", Shown::Day),
            ("[Color10]yyyy-mm-dd", Shown::Day),
            ("[ENG][$-409]d\\-mmm\\-yyyy;@", Shown::Day),
            ("mmm", Shown::Day),
            ("yy", Shown::Day),
            ("d/m/yy h:mm", Shown::Day),
            ("mm:ss", Shown::Time),
            ("h:mm AM/PM", Shown::Time),
            ("hh A/P", Shown::Time),
            ("[$-409]h:mm:ss\\ AM/PM;@", Shown::Time),
            ("[h]:mm:ss", Shown::Elapsed),
            ("[mm]:ss", Shown::Elapsed),
            ("[ss]", Shown::Elapsed),
            ("[Red][hh]:mm", Shown::Elapsed),
        ] {
            assert_eq!(shown(code), wanted, "{code}");
        }
    }
}
