//! Delimited text against what the corpora say that it holds.

use super::*;

/// Rows by the line that each begins on.
type Lines = BTreeMap<u32, Vec<String>>;

/// The rows of a text file, with the line that each begins on, and the number of its flaws.
fn read(path: &Path, format: &Format) -> Result<(Lines, u64, usize), ReadError> {
    let mut rows = Rows::open(path, format)?;
    let mut found = BTreeMap::new();
    let (mut blank, mut flaws) = (0, 0);
    rows.stream(None, &mut |block| {
        for (index, row) in block.rows.iter().enumerate() {
            let cells = block.row(index).iter().map(|cell| shown(&block, *cell)).collect();
            assert!(found.insert(row.number, cells).is_none());
        }
        blank += block.blank_rows;
        flaws += block.flaws.iter().filter(|(_, flaw)| *flaw != sendmart::read::RowFlaw::NoFinalNewline).count();
        ControlFlow::Continue(())
    })?;
    Ok((found, blank, flaws))
}

fn utf8(delimiter: u8, quote: Option<u8>) -> Format {
    Format::Csv { encoding: Encoding::Utf8, delimiter, quote, line_end: b'\n' }
}

#[test]
fn csv_spectrum_is_exact() {
    let Some(files) = files() else { return };
    let mut tried = 0;
    for (name, path) in files.range("csv-spectrum/csvs/".to_owned().."csv-spectrum/csvs0".to_owned()) {
        let json = name.replace("/csvs/", "/json/").replace(".csv", ".json");
        let text = fs::read_to_string(&files[&json]).unwrap();
        let text = if text.starts_with('[') { text } else { format!("[{text}]") };
        // The corpus has another telephone number in its JSON than in its CSV.
        let text =
            if name.ends_with("location_coordinates.csv") { text.replace("1234567890", "2095257564") } else { text };
        let expected: Vec<indexmap::IndexMap<String, String>> = serde_json::from_str(&text).unwrap();
        let (rows, ..) = read(path, &utf8(b',', Some(b'"'))).unwrap();
        let mut rows = rows.into_values();
        let labels = rows.next().unwrap();
        let found: Vec<indexmap::IndexMap<String, String>> =
            rows.map(|row| labels.iter().cloned().zip(row).collect()).collect();
        assert_eq!(found, expected, "{name}");
        tried += 1;
    }
    assert_eq!(tried, 12);
}

/// Why the cells of a file are not those of the version that people cleaned.
const OTHERWISE: [(&str, &str); 17] = [
    ("2004-2016.csv", "cleaned: the word `missing` was blanked"),
    ("20170320-ePC_Data-Travel-Stationery.csv", "cleaned: titles between two tables were left out"),
    ("Auto_Tone_sub315_day1.csv", "cleaned: its first row was taken for a header that it has not"),
    ("Copy_of_2016-17_Q3_Final_V2.csv", "cleaned: labels were changed"),
    ("HMRC_spending_over_25000_for_September_2018.csv", "cleaned: texts were changed"),
    ("LOS_1050CFit.csv", "declared without quotes, which its header has"),
    ("O18_air.csv", "cleaned: spaces were trimmed"),
    ("PLA_6%Talc-1hz.csv", "cleaned: a quote became two apostrophes"),
    ("Wine_Cellar_Consumption_dataset_14-15.csv", "cleaned: a control character became an apostrophe"),
    ("epcs-dwp-cmg-spend-july-2017.csv", "cleaned: spaces were trimmed"),
    ("ministers-overseas-travel-jan-mar-2013.csv", "cleaned: spaces were trimmed"),
    ("mos-oct-dec-2014.csv", "cleaned: titles between tables were left out"),
    ("nati-clin-audi-bowe-canc-2017-tran-main-fiel-list.csv", "cleaned: texts were changed"),
    (
        "permanent_secretary_and_director_general_expenses_and_hospitality_april_to_june_2012.csv",
        "cleaned: titles between tables were left out",
    ),
    ("vissim_data_conf2473_i7_v1987.csv", "no delimiter is declared; it has semicolons"),
    ("workforce-management-information-dft_201706.csv", "cleaned: its header of three rows was made one"),
    ("locations-1998.csv", "empty"),
];

/// What the survey says of a file.
#[derive(serde::Deserialize)]
struct Parameters {
    encoding: String,
    delimiter: String,
    quotechar: String,
    preamble_lines: String,
    header_lines: String,
}

/// Each file of the survey in the dialect that people found it to have: every line of it is in exactly one row, and the
/// cells are those of the version that people cleaned. Where they are not, [`OTHERWISE`] says why, and the snapshot shows the first row.
#[test]
fn the_survey_is_read_in_its_dialects() {
    let Some(files) = files() else { return };
    let mut told = String::new();
    let mut same = 0;
    let mut otherwise: Vec<&str> = Vec::new();
    for (name, path) in files.range("pollock_survey/csv/".to_owned().."pollock_survey/csv0".to_owned()) {
        let file = name.rsplit('/').next().unwrap();
        let parameters: Parameters = serde_json::from_slice(
            &fs::read(&files[&format!("pollock_survey/parameters/{file}_parameters.json")]).unwrap(),
        )
        .unwrap();
        let encoding = match parameters.encoding.as_str() {
            "" | "ascii" => Encoding::Utf8,
            "CP949" => Encoding::named("euc-kr").unwrap(),
            other => Encoding::named(other).unwrap(),
        };
        let format = Format::Csv {
            encoding,
            delimiter: parameters.delimiter.bytes().next().unwrap_or(b','),
            quote: parameters.quotechar.bytes().next(),
            line_end: b'\n',
        };
        let (rows, blank, flaws) = match read(path, &format) {
            Ok(found) => found,
            Err(ReadError::Content { code, message, .. }) => {
                told.push_str(&format!("{file}: {code}: {message}\n"));
                otherwise.push(file);
                continue;
            }
            Err(error @ (ReadError::Io(_) | ReadError::Told(_))) => panic!("{file}: {error}"),
        };
        // Each line is one that a row begins on, one within a row's quotes, or blank.
        let bytes = fs::read(path).unwrap();
        let lines =
            memchr::memchr_iter(b'\n', &bytes).count() + usize::from(bytes.last().is_some_and(|last| *last != b'\n'));
        let within: usize = rows.values().flatten().map(|cell| cell.matches('\n').count()).sum();
        assert_eq!(rows.len() + usize::try_from(blank).unwrap() + within, lines, "{file}");
        let said = if flaws > 0 { format!(" ({flaws} flaws told)") } else { String::new() };
        let clean = &files[&format!("pollock_survey/clean/{file}")];
        let (clean, ..) = read(clean, &utf8(b',', Some(b'"'))).unwrap();
        let trim = |row: &Vec<String>| -> Vec<String> {
            let filled = row.iter().rposition(|cell| !cell.is_empty()).map_or(0, |at| at + 1);
            row[..filled].to_vec()
        };
        // People left out what stands above the header, made one header of several rows, and named columns that had no name.
        let preamble: u32 = parameters.preamble_lines.parse().unwrap();
        let header: u32 = parameters.header_lines.parse().unwrap();
        let above = if header == 1 { preamble } else { preamble + header };
        let ours: Vec<Vec<String>> = rows
            .iter()
            .filter(|(line, _)| **line > above)
            .map(|(_, row)| trim(row))
            .filter(|row| !row.is_empty())
            .collect();
        let theirs = clean.values().skip(usize::from(header != 1));
        let theirs: Vec<Vec<String>> = theirs.map(trim).filter(|row| !row.is_empty()).collect();
        if ours == theirs {
            same += 1;
            if flaws > 0 {
                told.push_str(&format!("{file}: as cleaned{said}\n"));
            }
            continue;
        }
        otherwise.push(file);
        let first =
            ours.iter().zip(&theirs).position(|(one, other)| one != other).unwrap_or(ours.len().min(theirs.len()));
        let start = |rows: &[Vec<String>]| {
            rows.get(first).map_or_else(
                || "nothing".to_owned(),
                |row| format!("{:?}", row.join("|").chars().take(60).collect::<String>()),
            )
        };
        told.push_str(&format!(
            "{file}: {} and {} rows{said}; the first that differ are {}: {} and {}\n",
            ours.len(),
            theirs.len(),
            first + 1,
            start(&ours),
            start(&theirs)
        ));
    }
    let mut known: Vec<&str> = OTHERWISE.iter().map(|(file, _)| *file).collect();
    known.sort_unstable();
    otherwise.sort_unstable();
    assert_eq!(otherwise, known);
    insta::assert_snapshot!(format!("{same} as cleaned\n{told}"));
}

/// No quoted text of any file of the data is taken for records that a quote swallowed, and no file ends inside quotes.
#[test]
fn text_of_several_lines_is_never_taken_for_records() {
    let Some(data) = crate::shared("data") else { return };
    let (mut tried, mut several, mut folders) = (0, 0_u64, vec![data]);
    let scratch = tempfile::tempdir().unwrap();
    let mut look = |name: &str, path: &Path| {
        if matches!(content(path), Content::Html | Content::Empty) {
            return;
        }
        let dialect = sendmart::profile::Dialect::default();
        let mut looked = sendmart::profile::look(path, name, &dialect).unwrap();
        looked
            .rows
            .stream(None, &mut |block| {
                use sendmart::read::RowFlaw::{LinesWithin, Swallowed, Unterminated};
                let found =
                    block.flaws.iter().find(|(_, flaw)| matches!(flaw, Swallowed(..) | LinesWithin(..) | Unterminated));
                assert!(found.is_none(), "{name}: {found:?}");
                several += block.lines_within;
                ControlFlow::Continue(())
            })
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        tried += 1;
    };
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            match path.extension().and_then(|kind| kind.to_str()) {
                _ if path.is_dir() => folders.push(path),
                Some("csv") => look(&name, &path),
                Some("zip") => {
                    let mut archive = zip::ZipArchive::new(File::open(&path).unwrap()).unwrap();
                    for index in 0..archive.len() {
                        let mut member = archive.by_index(index).unwrap();
                        let member_name = member.name().unwrap().into_owned();
                        if std::path::Path::new(&member_name)
                            .extension()
                            .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
                        {
                            let to = scratch.path().join("member.csv");
                            std::io::copy(&mut member, &mut File::create(&to).unwrap()).unwrap();
                            look(&format!("{name}!{member_name}"), &to);
                        }
                    }
                }
                _ => {}
            }
        }
    }
    assert!(tried > 150 && several > 100, "{tried} files, {several} lines within quotes");
}
