//! What `sendmart help` prints: paragraphs as wide as the screen, and examples that fit 80 columns.

use clap::{Command, CommandFactory};

use super::Cli;

/// Columns that every screen has.
const SCREEN: usize = 80;

/// The command line with its help in shape.
pub(super) fn command() -> Command {
    shaped(Cli::command())
}

fn shaped(command: Command) -> Command {
    let after = command.get_after_help().map(|text| in_shape(&text.to_string()));
    let command = match after {
        Some(text) => command.after_help(text),
        None => command,
    };
    command.mut_subcommands(shaped)
}

/// Lines of a paragraph become one, which is folded where it is printed; a line that is indented is an example, whose comment stands
/// below it where both are wider than a screen.
fn in_shape(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let is_prose = !line.is_empty() && !line.starts_with(' ') && !line.ends_with("xamples:");
        match lines.last_mut() {
            Some(last) if goes_on && is_prose => {
                last.push(' ');
                last.push_str(line);
            }
            _ => lines.push(example(line)),
        }
        goes_on = is_prose;
    }
    lines.join("\n")
}

fn example(line: &str) -> String {
    let said = line.strip_prefix("  ").filter(|_| line.chars().count() > SCREEN).and_then(|rest| rest.split_once("  "));
    match said {
        Some((command, comment)) => format!("  {command}\n      {}", comment.trim_start()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each(command: &mut Command, look: &mut dyn FnMut(&mut Command)) {
        look(command);
        for verb in command.get_subcommands_mut().filter(|verb| !verb.is_hide_set() && verb.get_name() != "help") {
            each(verb, look);
        }
    }

    #[test]
    fn every_page_fits_80_columns_and_no_example_is_folded() {
        let mut all = command().term_width(SCREEN);
        all.build();
        let mut pages = 0;
        each(&mut all, &mut |verb| {
            pages += 1;
            let page = verb.render_help().to_string();
            let wide: Vec<&str> = page.lines().filter(|line| line.chars().count() > SCREEN).collect();
            assert!(wide.is_empty(), "{}: {wide:#?}", verb.get_name());
            let after = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
            for line in after.lines().filter(|line| line.starts_with(' ')) {
                assert!(page.lines().any(|shown| shown == line), "{}: folded: {line}", verb.get_name());
            }
        });
        assert!(pages > 30, "{pages}");
    }

    #[test]
    fn every_verb_of_its_own_teaches_with_an_example() {
        let mut all = command();
        all.build();
        each(&mut all, &mut |verb| {
            let is_group = verb.get_subcommands().next().is_some();
            let after = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(is_group || after.contains("\n  sendmart "), "{} has no example", verb.get_name());
        });
    }

    #[test]
    fn paragraphs_are_joined_and_a_long_comment_stands_below_its_example() {
        let text = "One line\nand another.\n\nNext.\n\nExamples:\n  sendmart run     do it\n  sendmart run --known-at 2025-12-31 --out /tmp/then   what could be known at the end of that day";
        assert_eq!(
            in_shape(text),
            "One line and another.\n\nNext.\n\nExamples:\n  sendmart run     do it\n  sendmart run --known-at 2025-12-31 --out /tmp/then\n      what could be known at the end of that day"
        );
    }
}
