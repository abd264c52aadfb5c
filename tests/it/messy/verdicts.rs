use super::*;

/// How long the processor may take over one file, in seconds.
const LONGEST: i64 = 10;

#[test]
fn every_file_comes_in_or_is_refused_by_a_sentence() {
    let Some(files) = files() else { return };
    let mut told = String::new();
    for (name, path) in files {
        if name.starts_with("pollock_survey/") || name.starts_with("csv-spectrum/") {
            continue;
        }
        let begun = processor_seconds();
        told.push_str(&format!("{name}: {}\n", verdict(name, path)));
        let took = processor_seconds() - begun;
        assert!(took < LONGEST, "{name} takes {took} s");
        if took > 0 {
            eprintln!("{name}: {took} s");
        }
    }
    for (name, part) in crate::parts("what_comes_of_every_file", &told) {
        insta::assert_snapshot!(name, part);
    }
}

fn verdict(name: &str, path: &Path) -> String {
    let format = match content(path) {
        Content::Zip | Content::Xlsx | Content::Ole2 | Content::FlatOds => WORKBOOK,
        _ => dialect(name),
    };
    match count(path, &format) {
        Ok(said) => said,
        Err(ReadError::Content { code, message, .. }) => format!("{code}: {message}"),
        Err(error @ (ReadError::Io(_) | ReadError::Told(_))) => panic!("{name}: {error}"),
    }
}

/// Rows and cells that are not blank, sheet by sheet.
fn count(path: &Path, format: &Format) -> Result<String, ReadError> {
    let mut rows = Rows::open(path, format)?;
    let sheets = rows.sheets();
    let mut told = Vec::new();
    for sheet in if sheets.is_empty() { vec![None] } else { sheets.into_iter().map(Some).collect() } {
        let (mut found, mut filled, mut flaws) = (0, 0, 0);
        rows.stream(sheet.as_ref().map(|(name, _)| name.as_str()), &mut |block| {
            found += block.rows.len();
            filled += block.cells.iter().filter(|cell| **cell != Cell::Blank).count();
            flaws += block.flaws.len();
            ControlFlow::Continue(())
        })?;
        let mut said = match sheet {
            Some((name, true)) => format!("`{name}` {found}/{filled}"),
            Some((name, false)) => format!("(hidden) `{name}` {found}/{filled}"),
            None => format!("{found}/{filled}"),
        };
        if flaws > 0 {
            said.push_str(&format!(" {flaws} flaws"));
        }
        told.push(said);
    }
    Ok(told.join(", "))
}

/// The dialect that a layout would declare for a text file.
fn dialect(name: &str) -> Format {
    let delimiter = match name.rsplit_once('.').map_or("", |(_, kind)| kind) {
        "tsv" => b'\t',
        "ssv" => b';',
        "psv" => b'|',
        "csv" if name.ends_with("pipe-delimited.csv") => b'|',
        _ => b',',
    };
    let encoding = match name {
        "messytables/utf-16le_encoded.csv" => "utf-16",
        "messytables/spanish_chars.csv" => "latin1",
        "messytables/characters.csv" => "windows-1252",
        _ => "utf-8",
    };
    let line_end = if matches!(name, "messytables/211.csv" | "messytables/mixedGLB.csv") { b'\r' } else { b'\n' };
    Format::Csv { encoding: Encoding::named(encoding).unwrap(), delimiter, quote: Some(b'"'), line_end }
}
