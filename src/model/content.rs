//! What a file is, by its first bytes, whatever its name says. Pure.

/// Enough first bytes for [`sniff`].
pub const SNIFF_BYTES: usize = 4096;

/// What a file is, as far as its first bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// No bytes.
    Empty,
    /// A web page: HTML or XHTML.
    Html,
    /// A JSON object or array.
    Json,
    /// XML that is no web page.
    Xml,
    /// An OpenDocument workbook in one XML file: `.fods`.
    FlatOds,
    /// A PDF.
    Pdf,
    /// An OLE2 compound file: `.xls`, or a workbook with a password.
    Ole2,
    /// A workbook of Excel 2, 3 or 4, which is no compound file.
    OlderExcel,
    /// A zip archive that is no workbook.
    Zip,
    /// Office Open XML: `.xlsx`, `.xlsm`, `.xlsb`.
    Xlsx,
    /// Compressed by gzip.
    Gzip,
    /// A Parquet file.
    Parquet,
    /// UTF-16 text, by its byte-order mark.
    Utf16,
    /// UTF-32 text, by its byte-order mark.
    Utf32,
    /// Text, such as a CSV.
    Text,
    /// A kind of file that nothing here reads, in words: `a RAR archive`.
    Foreign(&'static str),
    /// None of these.
    Binary,
}

impl Content {
    /// What it is, for a message: `a web page (HTML)`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Html => "a web page (HTML)",
            Self::Json => "a message in JSON",
            Self::Xml => "XML",
            Self::FlatOds => "an OpenDocument workbook (.fods)",
            Self::Pdf => "a PDF",
            Self::Ole2 => "an old Excel workbook (.xls) or a workbook with a password",
            Self::OlderExcel => "a workbook of Excel 4 or older",
            Self::Zip => "a zip archive",
            Self::Xlsx => "an Excel workbook",
            Self::Gzip => "a gzip file",
            Self::Parquet => "a Parquet file",
            Self::Utf16 => "UTF-16 text",
            Self::Utf32 => "UTF-32 text",
            Self::Text => "text",
            Self::Foreign(words) => words,
            Self::Binary => "of an unknown kind",
        }
    }
}

/// What kinds of file begin with that nothing here reads. None of it begins a table of text.
const FOREIGN: [(usize, &[u8], &str); 22] = [
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"\xfd7zXZ\0", "an xz archive"),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (4, b"1AY&SY", "a bzip2 archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
    (0, b"\xff\xd8\xff", "a picture (JPEG)"),
    (0, b"GIF87a", "a picture (GIF)"),
    (0, b"GIF89a", "a picture (GIF)"),
    (0, b"II*\0", "a picture (TIFF)"),
    (0, b"{\\rtf", "a text document (RTF)"),
    (0, b"SQLite format 3\0", "an SQLite database"),
    (8, b"DUCK", "a DuckDB database"),
    (4, b"Standard Jet DB\0", "an Access database"),
    (4, b"Standard ACE DB\0", "an Access database"),
    (0, b"$FL2@(#)", "an SPSS file (.sav)"),
    (0, b"<stata_dta>", "a Stata file (.dta)"),
    (0, b"HEADER RECORD*******LIBRARY HEADER RECORD", "a SAS transport file (.xpt)"),
    (12, b"\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92\x08\x00\x09\xc7\x31\x8c", "a SAS file (.sas7bdat)"),
    (0, b"ARROW1\0\0", "an Arrow file"),
    (0, b"Obj\x01", "an Avro file"),
];

/// Says what a file is by its first bytes ([`SNIFF_BYTES`] are enough). The name decides only where the bytes leave two
/// answers: a zip archive is a workbook when its first member is one of a workbook's parts.
///
/// ```
/// use sendmart::model::{Content, sniff};
/// assert_eq!(sniff(b"\xEF\xBB\xBFtime_period,la_code\r\n", "a.csv"), Content::Text);
/// assert_eq!(sniff(b"\r\n <!DOCTYPE html><html>", "a.csv"), Content::Html);
/// assert_eq!(sniff(b"<?xml version=\"1.0\"?>\n<!-- x --><html xmlns=\"http://www.w3.org/1999/xhtml\">", "a.csv"), Content::Html);
/// assert_eq!(sniff(b"{\"message\": \"Unexpected error\"}", "a.csv"), Content::Json);
/// assert_eq!(sniff(b"{8A1C},name\n", "a.csv"), Content::Text);
/// assert_eq!(sniff(b"%PDF-1.7", "a.csv"), Content::Pdf);
/// assert_eq!(sniff(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "a.xls"), Content::Ole2);
/// assert_eq!(sniff(b"\x09\x04\x06\0\0\0\x10\0", "a.xls"), Content::OlderExcel);
/// assert_eq!(sniff(b"Rar!\x1a\x07\0", "a.xlsx"), Content::Foreign("a RAR archive"));
/// assert_eq!(sniff(b"id,name\nDUCKWORTH\n", "a.csv"), Content::Text);
/// assert_eq!(sniff(b"", "a.csv"), Content::Empty);
/// ```
#[must_use]
pub fn sniff(first_bytes: &[u8], file_name: &str) -> Content {
    let bytes = &first_bytes[..first_bytes.len().min(SNIFF_BYTES)];
    match bytes {
        [] => Content::Empty,
        [b'P', b'K', 3, 4, ..] => zip_or_workbook(bytes, file_name),
        [b'P', b'K', 5 | 7, 6 | 8, ..] => Content::Zip,
        [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, ..] => Content::Ole2,
        // The record that such a workbook begins with: its number, its length, and what version or stream it says it is.
        [9, 0, 4, 0, ..] | [9, 2 | 4, 6, 0, ..] => Content::OlderExcel,
        [0x1F, 0x8B, 8, ..] => Content::Gzip,
        [b'%', b'P', b'D', b'F', b'-', ..] => Content::Pdf,
        [b'P', b'A', b'R', b'1' | b'E', ..] if looks_binary(bytes) || extension(file_name) == "parquet" => {
            Content::Parquet
        }
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Content::Utf32,
        // A program with an archive behind it unpacks itself.
        [b'M', b'Z', ..] if looks_binary(bytes) => Content::Foreign("a program, or an archive that unpacks itself"),
        _ => {
            // What stands further in could be the text of a cell.
            let begins = |(at, mark, _): &&(usize, &[u8], &str)| {
                bytes.get(*at..).is_some_and(|rest| rest.starts_with(mark)) && (*at == 0 || looks_binary(bytes))
            };
            FOREIGN.iter().find(begins).map_or_else(|| text_kind(bytes), |(_, _, words)| Content::Foreign(words))
        }
    }
}

/// Whether bytes look like UTF-16 without a byte-order mark, most of it ASCII: every second byte of most is NUL, and hardly any
/// other. Gives whether the NULs come first, as in `utf-16be`.
///
/// ```
/// use sendmart::model::unmarked_utf16;
/// let little: Vec<u8> = "id,name\n1,Zoë\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
/// let big: Vec<u8> = "id,name\n1,Zoë\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
/// assert_eq!((unmarked_utf16(&little), unmarked_utf16(&big)), (Some(false), Some(true)));
/// assert_eq!(unmarked_utf16(b"id,name\n1,Zoe\n"), None);
/// assert_eq!(unmarked_utf16(&[0; 64]), None);
/// ```
#[must_use]
pub fn unmarked_utf16(first_bytes: &[u8]) -> Option<bool> {
    let (units, _) = first_bytes[..first_bytes.len().min(SNIFF_BYTES)].as_chunks::<2>();
    let nuls = |place: usize| units.iter().filter(|unit| unit[place] == 0).count();
    let (first, second) = (nuls(0), nuls(1));
    let is_most = |some: usize, few: usize| some * 2 > units.len() && few * 50 <= units.len();
    (is_most(second, first) || is_most(first, second)).then_some(first > second)
}

/// The extension in lower case, without the dot.
pub(crate) fn extension(file_name: &str) -> String {
    file_name.rsplit_once('.').map_or_else(String::new, |(_, extension)| extension.to_ascii_lowercase())
}

fn zip_or_workbook(bytes: &[u8], file_name: &str) -> Content {
    let name_bytes = bytes.get(26..28).map_or(0, |len| usize::from(u16::from_le_bytes([len[0], len[1]])));
    let name = bytes.get(30..).map_or(&[][..], |rest| &rest[..rest.len().min(name_bytes)]);
    let is_part = [&b"[Content_Types].xml"[..], b"_rels/", b"xl/", b"docProps/", b"customXml/"]
        .iter()
        .any(|part| name.starts_with(part));
    let is_named_workbook = matches!(extension(file_name).as_str(), "xlsx" | "xlsm" | "xlsb");
    if is_part || (is_named_workbook && (name.ends_with(b".xml") || name.ends_with(b".rels"))) {
        Content::Xlsx
    } else {
        Content::Zip
    }
}

fn text_kind(bytes: &[u8]) -> Content {
    // UTF-16 with its mark: dropping the NULs is enough to see a page or a message.
    let is_utf16 = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
    if !is_utf16 && looks_binary(bytes) {
        return Content::Binary;
    }
    let start = if is_utf16 {
        2
    } else if bytes.starts_with(b"\xEF\xBB\xBF") {
        3
    } else {
        0
    };
    let lower: Vec<u8> =
        bytes[start..].iter().filter(|&&byte| !(is_utf16 && byte == 0)).map(u8::to_ascii_lowercase).collect();
    let text = lower.trim_ascii_start();
    match text {
        [b'<', ..] => markup_kind(text),
        [b'{', rest @ ..] if matches!(rest.trim_ascii_start(), [b'"' | b'}', ..]) => Content::Json,
        [b'[', rest @ ..] if matches!(rest.trim_ascii_start(), [b'{' | b'[' | b'"' | b']', ..]) => Content::Json,
        _ if is_utf16 => Content::Utf16,
        _ => Content::Text,
    }
}

/// Text that begins with `<`, in lower case.
fn markup_kind(mut text: &[u8]) -> Content {
    const PAGE_TAGS: [&[u8]; 12] =
        [b"html", b"head", b"body", b"title", b"meta", b"script", b"style", b"div", b"table", b"h1", b"p", b"center"];
    let mut has_prologue = false;
    // Over the XML declaration, comments, and white space between them.
    loop {
        let end = match text {
            [b'<', b'?', ..] => find(text, b"?>").map(|at| at + 2),
            [b'<', b'!', b'-', b'-', ..] => find(text, b"-->").map(|at| at + 3),
            _ => break,
        };
        has_prologue |= text.starts_with(b"<?xml");
        let Some(end) = end else { break };
        text = text[end..].trim_ascii_start();
    }
    if let Some(rest) = text.strip_prefix(b"<!doctype") {
        // Its reader has a sentence for a document type.
        return match rest.trim_ascii_start() {
            [b'h', b't', b'm', b'l', ..] => Content::Html,
            _ if find(text, b"<office:document").is_some() => Content::FlatOds,
            _ => Content::Xml,
        };
    }
    let tag = text.strip_prefix(b"<").unwrap_or_default();
    if tag.starts_with(b"office:document") {
        return Content::FlatOds;
    }
    let is_page = PAGE_TAGS.iter().any(|page| {
        tag.strip_prefix(*page)
            .is_some_and(|rest| matches!(rest.first(), None | Some(b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n')))
    });
    if is_page {
        Content::Html
    } else if has_prologue || (tag.first().is_some_and(u8::is_ascii_alphabetic) && has_closing(text)) {
        Content::Xml
    } else {
        // `<5` is a mark that statisticians write.
        Content::Text
    }
}

fn has_closing(text: &[u8]) -> bool {
    find(text, b"</").is_some() || find(text, b"/>").is_some() || find(text, b"xmlns").is_some()
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

/// More control characters than damaged text has: a single NUL in a CSV is the reader's to report with its cell.
fn looks_binary(bytes: &[u8]) -> bool {
    let controls =
        bytes.iter().filter(|&&byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0B | 0x0C)).count();
    controls * 10 > bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zip_of(first_member: &str) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.resize(26, 0);
        bytes.extend_from_slice(&u16::try_from(first_member.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(&[0, 0]);
        bytes.extend_from_slice(first_member.as_bytes());
        bytes
    }

    /// The three kinds of page that a real nightly job saved as `.csv`, in our own bytes.
    #[test]
    fn pages_and_messages_are_told_whatever_the_name() {
        let xhtml =
            br#"<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://example.org/a.dtd"><html><head>"#;
        let json = br#"{"code":"error.download","message":"Something failed","fields":null}"#;
        let html = br#"<!doctype html><html lang="en"><head><title>HTTP Status 500</title></head></html>"#;
        for (bytes, content) in [(&xhtml[..], Content::Html), (json, Content::Json), (html, Content::Html)] {
            for name in ["a.csv", "a.xlsx", "a.zip", "a"] {
                assert_eq!(sniff(bytes, name), content);
            }
        }
        for fragment in ["<HTML>", "\u{feff}\n<body class=x>", "<!-- made by x --><title>", "<p>Not found</p>", "<html"]
        {
            assert_eq!(sniff(fragment.as_bytes(), "a.csv"), Content::Html, "{fragment}");
        }
        assert_eq!(sniff(b"\xFF\xFEU\0R\0N\0", "a.csv"), Content::Utf16);
        let utf16: Vec<u8> = "\u{feff}<html><body>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(sniff(&utf16, "a.csv"), Content::Html);
    }

    #[test]
    fn what_nothing_here_reads_is_told_as_what_it_is() {
        for (at, mark, words) in FOREIGN {
            let mut bytes = vec![0; at];
            bytes.extend_from_slice(mark);
            bytes.extend_from_slice(&[0; 64]);
            assert_eq!(sniff(&bytes, "a.csv"), Content::Foreign(words), "{words}");
        }
        assert_eq!(
            sniff(b"MZ\x90\0\x03\0\0\0\x04\0\0\0", "a.zip").words(),
            "a program, or an archive that unpacks itself"
        );
        assert_eq!(sniff(b"MZ,name\n1,2\n", "a.csv"), Content::Text);
        assert_eq!(sniff(b"\xFF\xFE\0\0i\0\0\0", "a.csv"), Content::Utf32);
        let flat = b"<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"b\">]><office:document xmlns:office=\"o\"/>";
        assert_eq!(sniff(flat, "a.fods"), Content::FlatOds);
    }

    #[test]
    fn text_that_only_resembles_markup_or_json_is_text() {
        for text in
            ["<5,x,y\n", "{guid},a\n", "[a],b\n", "<name>,b\n", "< b,c", "\"{\"\"a\"\"}\",1", "PAR1SH,ward\n", "%PDF,x"]
        {
            assert_eq!(sniff(text.as_bytes(), "a.csv"), Content::Text, "{text}");
        }
        let one_nul = [b"la_code,name\n933,Some\0rset\n".as_slice(), &[b'x'; 200]].concat();
        assert_eq!(sniff(&one_nul, "a.csv"), Content::Text);
        assert_eq!(sniff(b"\xA3 of school,\x96\n", "a.csv"), Content::Text);
    }

    #[test]
    fn containers_are_told_apart() {
        assert_eq!(sniff(&zip_of("[Content_Types].xml"), "a.xlsx"), Content::Xlsx);
        assert_eq!(sniff(&zip_of("_rels/.rels"), "a"), Content::Xlsx);
        assert_eq!(sniff(&zip_of("workbook.xml"), "a.xlsx"), Content::Xlsx);
        assert_eq!(sniff(&zip_of("data/a.csv"), "a.xlsx"), Content::Zip);
        assert_eq!(sniff(&zip_of("mimetype"), "a.ods"), Content::Zip);
        assert_eq!(sniff(b"PK\x05\x06", "a.zip"), Content::Zip);
        assert_eq!(sniff(b"PK\x03\x04", "cut.zip"), Content::Zip);
        assert_eq!(sniff(b"\x1F\x8B\x08\0", "a.csv.gz"), Content::Gzip);
        assert_eq!(sniff(b"PAR1\x15\x04\x15", "a.parquet"), Content::Parquet);
        assert_eq!(sniff(b"\x00\x01\x02\x03", "a.csv"), Content::Binary);
        assert_eq!(sniff(b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn\">", "a.xls"), Content::Xml);
    }
}
