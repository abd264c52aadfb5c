//! The catalogue of why whole files are refused: each code in a sentence, and what to do. `meta.rule` lists it, and `meta.delivery` says
//! of a refused file which it was and more. A test holds it against the codes that the sources of the program name.

/// Why a file is refused: code, what is wrong, and what to do about it.
pub type RefusalCode = (&'static str, &'static str, &'static str);

const AGAIN: &str = "Ask for the file again; a download may have been interrupted.";
const SAVE_AGAIN: &str = "Open the workbook in Excel and save it again, or ask for it again.";
const HOSTILE: &str = "Keep the file and do not open it; ask the sender whether it is theirs, and for the data as CSV.";
const SMALLER: &str = "Ask for the data as CSV, or in parts.";
const ANOTHER_KIND: &str = "Ask for the file as CSV or XLSX.";
const LAYOUT: &str = "`sendmart plan FILE` writes the lines of a layout that takes it.";

/// Every code of a refused file. Each is an error.
pub const REFUSALS: [RefusalCode; 77] = [
    (
        "read::ambiguous_layout",
        "Two layouts fit the file or sheet equally well.",
        "Tell them apart by `files`, by a label that only one has, or by their sheets.",
    ),
    (
        "read::ambiguous_sheet",
        "Two sheets have the header of one table.",
        "Name the sheet in `format.workbook.sheets` of the layout.",
    ),
    ("read::beyond_sheet", "A sheet has a cell beyond the last one that Excel has.", SAVE_AGAIN),
    ("read::binary_instead", "The file is binary where text was expected.", ANOTHER_KIND),
    ("read::bomb", "A part of the workbook is far larger than it is packed: a zip bomb.", HOSTILE),
    (
        "read::broken_archive",
        "The workbook or archive is damaged or cut short: it says of its pieces what cannot be.",
        AGAIN,
    ),
    (
        "read::broken_json",
        "The JSON cannot be read as a table.",
        "Ask for it with one object a line, or as one array of objects.",
    ),
    ("read::broken_parquet", "The Parquet file cannot be read.", AGAIN),
    ("read::broken_part", "A part of the workbook is broken XML.", SAVE_AGAIN),
    ("read::broken_workbook", "The workbook is damaged: a record of it cannot be.", SAVE_AGAIN),
    ("read::broken_xml", "The XML cannot be read.", AGAIN),
    ("read::cell_order", "A cell stands twice or out of order in the file.", SAVE_AGAIN),
    (
        "read::code_page",
        "The text of the old workbook is in a code page that is not known.",
        "Open it in Excel and save it as .xlsx.",
    ),
    ("read::cut_short", "The file ends in the middle of a record.", AGAIN),
    ("read::damaged_part", "A part of the workbook is damaged: its checksum does not match.", AGAIN),
    ("read::doctype", "The XML declares a document type, which can hide a trap.", HOSTILE),
    ("read::empty", "The file is empty.", AGAIN),
    (
        "read::encoding_contradicted",
        "The bytes of the file are not of the encoding that the layout declares.",
        "Declare `encoding` in `[format.csv]` as the file is, or ask for it as UTF-8.",
    ),
    ("read::endless_line", "A record does not end: the line ends were lost, or the file is no table.", AGAIN),
    ("read::failed", "The file could not be read.", "The message of the run says why."),
    ("read::foreign_file", "The file is of a kind that holds no table.", ANOTHER_KIND),
    ("read::gzip_instead", "The file is compressed with gzip.", "Unpack it first."),
    ("read::header_low", "The nearest row has too few of the labels that the layout looks for.", LAYOUT),
    ("read::header_not_found", "No row has the labels that a layout looks for.", LAYOUT),
    (
        "read::header_tied",
        "Two rows could be the header.",
        "Take the one that is not meant out of the file, or set `header.within` so that only one is looked at.",
    ),
    (
        "read::hidden_columns",
        "The sheet hides columns of the table, and the layout refuses that.",
        "Show all columns, delete what does not belong there, and send the file again.",
    ),
    (
        "read::hidden_rows",
        "The sheet hides rows of the table, and the layout refuses that.",
        "Show all rows, take filters off, delete what does not belong there, and send the file again.",
    ),
    (
        "read::hidden_sheet",
        "The sheet of the table is hidden, and the layout refuses that.",
        "Show the sheet or take it out, and send the file again; or change `hidden.sheets` of the layout.",
    ),
    (
        "read::html_instead",
        "The file is a web page: a server answered with a page, often an error.",
        "Download the file by hand and look at it; the address may have moved.",
    ),
    (
        "read::json_instead",
        "The file is a JSON message: a server answered with an error.",
        "Download the file again; if it stays so, tell the supplier.",
    ),
    (
        "read::line_ends",
        "The lines of the file end with a carriage return alone.",
        "Declare `line_end = \"cr\"` in `[format.csv]`, or save the file again as CSV.",
    ),
    ("read::link_part", "A part of the workbook is a link to a file.", HOSTILE),
    ("read::long_markup", "A tag or a comment is longer than any spreadsheet program writes.", HOSTILE),
    (
        "read::nested_column",
        "A column of the Parquet file holds columns or lists of its own.",
        "Ask for it with one value a cell.",
    ),
    ("read::no_cells", "The workbook has charts and no sheet of cells.", "Ask for the table behind the chart."),
    (
        "read::no_layout_for_name",
        "No layout of the collection takes a file of that name.",
        "Rename the file, or add its name to `files` of a layout.",
    ),
    (
        "read::no_sheet",
        "The workbook has no sheet that the layout reads.",
        "Name the sheet in `format.workbook.sheets` of the layout.",
    ),
    ("read::no_sheets", "The workbook has no sheet, or is damaged so that none can be found.", SAVE_AGAIN),
    (
        "read::not_a_range",
        "A name of the workbook is no rectangle of cells.",
        "Let it name the cells of the table, header included, or name the sheet instead.",
    ),
    ("read::not_a_workbook", "The file is no workbook, whatever its name says.", ANOTHER_KIND),
    ("read::not_followed", "The file is damaged: a length or an offset in it is wrong.", SAVE_AGAIN),
    (
        "read::older_excel",
        "The file is a workbook of Excel 4 or older.",
        "Open it in Excel or LibreOffice and save it as .xlsx.",
    ),
    (
        "read::other_record",
        "The header is that of a layout for files whose first record reads otherwise.",
        "Widen `when` of the layout, or add a layout.",
    ),
    ("read::overlapping_parts", "Parts of the workbook overlap, as in a zip bomb.", HOSTILE),
    ("read::packing", "A part is packed in a way that workbooks are not.", SAVE_AGAIN),
    ("read::parquet_instead", "The file is Parquet.", ANOTHER_KIND),
    ("read::part_encoding", "A part of the workbook is in an encoding that workbooks do not have.", SAVE_AGAIN),
    ("read::part_twice", "The workbook has a part twice, and it cannot be known which one counts.", HOSTILE),
    (
        "read::password",
        "The workbook is protected by a password.",
        "Open it in Excel, remove the password and send it again securely.",
    ),
    ("read::pdf_instead", "The file is a PDF.", ANOTHER_KIND),
    ("read::reader_died", "The file crashed the reader.", SAVE_AGAIN),
    (
        "read::reader_nonsense",
        "The process that read the file gave an invalid answer: it may be an attack.",
        "Keep the file and do not open it; tell who maintains this program.",
    ),
    ("read::row_order", "A row stands twice or out of order in the file.", SAVE_AGAIN),
    (
        "read::several_labels",
        "Several labels match the pattern of one column: figures of several years side by side.",
        "Let a layout name the one that is meant, or turn the years into rows by `[unpivot]`.",
    ),
    ("read::shared_texts", "The workbook announces more texts than it can hold.", HOSTILE),
    (
        "read::table_without_header",
        "A table of the workbook shows no header row.",
        "Switch on Header Row in Excel (Table Design) and save the workbook.",
    ),
    (
        "read::text_instead",
        "The file is plain text, not a workbook.",
        "Save it as .csv and declare a CSV layout, or send the workbook.",
    ),
    ("read::too_deep", "Elements of the file are nested deeper than any program writes.", HOSTILE),
    ("read::too_large", "The file, a part or a row of it is larger than the limit.", SMALLER),
    (
        "read::too_many_cells",
        "The workbook has more cells than the limit, blank ones between others included.",
        "Delete what stands far to the right of the data, or ask for the data as CSV or in parts.",
    ),
    (
        "read::too_many_columns",
        "The file has more columns than Excel has.",
        "If it is text, its line ends may be missing or its delimiter be another.",
    ),
    ("read::too_many_parts", "The workbook has more parts than the limit.", HOSTILE),
    ("read::too_many_rows", "The file has more rows than can be numbered.", SMALLER),
    ("read::too_much_memory", "The file cannot be read in the memory that a reader has.", SMALLER),
    ("read::too_slow", "The file takes far longer to read than one of its size should.", SAVE_AGAIN),
    ("read::unknown_label", "The file has columns that the layout does not know, and the layout refuses that.", LAYOUT),
    (
        "read::unknown_name",
        "No sheet has the table or the name that the layout reads.",
        "Mend `format.workbook` of the layout, or name the cells in the workbook.",
    ),
    ("read::unsafe_part", "The workbook has a part whose name points outside it.", HOSTILE),
    (
        "read::unterminated_quote",
        "A quote is opened and never closed.",
        "Close it, or declare `quote = \"\"` in `[format.csv]`.",
    ),
    (
        "read::utf16_instead",
        "The file is UTF-16 text where another encoding is declared.",
        "Declare `encoding = \"utf-16\"` in `[format.csv]`, or save it as CSV UTF-8.",
    ),
    ("read::utf32_instead", "The file is UTF-32 text.", "Save it as CSV UTF-8."),
    ("read::workbook_instead", "The file is a workbook where text was expected.", "A layout for a workbook is needed."),
    ("read::xml", "The XML is broken.", AGAIN),
    ("read::xml_encoding", "The XML says of itself an encoding that it may not have.", SAVE_AGAIN),
    (
        "read::xml_instead",
        "The file is XML.",
        "Ask for the file as CSV or XLSX, or write a layout with `[format.xml]`.",
    ),
    (
        "read::xml_rows",
        "No element of the XML repeats, so that nothing says which are rows.",
        "Name their path from the root: `--row`.",
    ),
    (
        "read::zip_instead",
        "The file is a workbook or an archive where text was expected.",
        "A layout for a workbook is needed, or name its members with `!`.",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::super::codes::tests::sources;
    use super::*;

    /// Codes that tests of containment make up.
    const INVENTED: [&str; 2] = ["read::a", "read::x"];

    #[test]
    fn the_catalogue_has_every_refusal_that_is_given() {
        let mut text = String::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        for room in std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()) {
            if room.is_dir() && !room.ends_with("model") {
                sources(&room, &mut text);
            }
        }
        let literal = regex::Regex::new(r#""(read::[a-z0-9_]+)""#).unwrap();
        let given = literal.captures_iter(&text).filter_map(|found| Some(found.get(1)?.as_str()));
        let given: BTreeSet<&str> = given.filter(|code| !INVENTED.contains(code)).collect();
        let listed: BTreeSet<&str> = REFUSALS.iter().map(|(code, ..)| *code).collect();
        assert_eq!(given, listed);
        assert_eq!(listed.len(), REFUSALS.len(), "none stands twice");
    }
}
