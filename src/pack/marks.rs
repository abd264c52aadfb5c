//! Marks beside a figure, `[x]` and the like, and what they mean below the table.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::period::{days_in_words, period_words};
use super::values::BoardFigure;

/// The symbols with what they mean, in the order in which they are explained.
pub(super) const SYMBOLS: [(&str, &str); 8] = [
    ("[c]", "hidden: few persons are behind it, or it would tell of few; or suppressed by whoever published it"),
    ("[low]", "too few to show"),
    ("[x]", "not available: what it would be reckoned from did not come, or has no record of it"),
    ("[z]", "not applicable: there is nothing to divide by"),
    ("[b]", "blank in the file"),
    ("[p]", "provisional: a later return tells it again, or the period is not over"),
    ("[r]", "revised since it was first told"),
    ("[partial]", "a part is missing"),
];

/// Why there is no value, in words.
pub(super) fn reason_words(reason: Option<&str>) -> String {
    match reason.unwrap_or_default() {
        "" => "no reason is told".to_owned(),
        super::public_pages::CONFIDENTIAL => {
            "it is hidden: few persons are behind it, or it would tell of few".to_owned()
        }
        "suppressed" => "suppressed by whoever published it".to_owned(),
        "not_applicable" => "there is nothing to divide by".to_owned(),
        "unavailable" => "what it is reckoned from is not available".to_owned(),
        "low" => "too few to show".to_owned(),
        "blank" => "blank in the file".to_owned(),
        other => other.replace('_', " "),
    }
}

/// The parts of a mark, each once.
pub(super) fn parts(mark: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = Vec::new();
    for part in mark.split("; ").filter(|part| !part.is_empty()) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts
}

/// The symbols that stand beside a figure.
pub(super) fn symbols(figure: &BoardFigure) -> Vec<&'static str> {
    let mut symbols = Vec::new();
    if figure.value.is_none() {
        symbols.push(match figure.reason.as_deref() {
            Some("suppressed" | super::public_pages::CONFIDENTIAL) => "[c]",
            Some("low") => "[low]",
            Some("not_applicable") => "[z]",
            Some("blank") => "[b]",
            _ => "[x]",
        });
        return symbols;
    }
    let mark = figure.mark.as_deref().unwrap_or_default();
    let says = |word: &str| parts(mark).iter().any(|part| part.starts_with(word));
    let maturity = figure.maturity.as_deref().unwrap_or_default();
    if says("provisional") || maturity == "provisional" {
        symbols.push("[p]");
    }
    if maturity == "revised" {
        symbols.push("[r]");
    }
    if says("partial") || says("no source") || maturity == "partial" && symbols.is_empty() {
        symbols.push("[partial]");
    }
    symbols
}

/// The notes of a table, in the order in which they were first needed.
#[derive(Debug, Default)]
pub(super) struct TableNotes {
    numbers: BTreeMap<String, usize>,
    texts: Vec<String>,
    used: Vec<&'static str>,
}

impl TableNotes {
    /// What stands beside a figure: symbols, and numbers of notes.
    pub(super) fn of(&mut self, figure: &BoardFigure) -> String {
        let mut words = self.symbols_of(figure);
        let mark = figure.mark.as_deref().unwrap_or_default();
        let denominator = figure.denominator_period.as_deref().filter(|period| !period.is_empty());
        let denominator = denominator.map(|period| format!("divided by the denominator of {}", period_words(period)));
        for text in parts(mark).into_iter().map(days_in_words).chain(denominator) {
            let next = self.texts.len() + 1;
            let number = *self.numbers.entry(text.clone()).or_insert(next);
            if number == next {
                self.texts.push(text);
            }
            words.push(format!("[note {number}]"));
        }
        words.join(" ")
    }

    /// The symbols alone, where there is no room for notes.
    pub(super) fn symbols_of(&mut self, figure: &BoardFigure) -> Vec<String> {
        let symbols = symbols(figure);
        self.used.extend(&symbols);
        symbols.into_iter().map(str::to_owned).collect()
    }

    /// What the symbols and numbers mean; nothing where none was used.
    pub(super) fn explained(&self) -> Markup {
        let symbols: Vec<_> = SYMBOLS.iter().filter(|(symbol, _)| self.used.contains(symbol)).collect();
        html! {
            @if !symbols.is_empty() || !self.texts.is_empty() {
                ul class="notes" {
                    @for (symbol, means) in symbols { li { (symbol) " " (means) } }
                    @for (index, text) in self.texts.iter().enumerate() { li { "[note " (index + 1) "] " (text) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_has_its_symbols() {
        let figure = |value, reason: &str, mark: &str, maturity: &str| BoardFigure {
            value,
            reason: Some(reason.to_owned()),
            mark: Some(mark.to_owned()),
            maturity: Some(maturity.to_owned()),
            ..BoardFigure::default()
        };
        let of = |figure: &BoardFigure| symbols(figure).join(" ");
        assert_eq!(of(&figure(Some(1.0), "", "", "final")), "");
        assert_eq!(of(&figure(Some(1.0), "", "provisional: a; partial: b", "partial")), "[p] [partial]");
        assert_eq!(of(&figure(Some(1.0), "", "", "partial")), "[partial]");
        assert_eq!(of(&figure(None, "unavailable", "no source: a", "")), "[x]");
        assert_eq!(of(&figure(None, "not_applicable", "", "")), "[z]");
        let mut notes = TableNotes::default();
        assert_eq!(notes.of(&figure(Some(1.0), "", "partial: b; partial: b", "partial")), "[partial] [note 1]");
        assert_eq!(
            notes.of(&figure(Some(1.0), "", "partial: c; partial: b", "partial")),
            "[partial] [note 2] [note 1]"
        );
    }
}
