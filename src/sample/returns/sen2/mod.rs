//! The SEN2 person-level return of each calendar year from 2022 on, when it began, in a shape that changes by year; and the list of
//! all cases that the council draws every month of the last year, in two of these shapes.

mod list;
mod modules;
mod rows;

pub(in crate::sample) use list::days as list_days;
pub(super) use list::write as write_list;
use modules::ModuleColumn;
use rows::{CaseRecord, Sen2Records, YearRows};

use super::SampleError;
use super::cell::{BladeFile, Cell};
use super::outbox::{Delivery, Outbox};
use super::workbook::{GrownSheet, Style, bytes};
use crate::sample::day::Day;
use crate::sample::identity;
use crate::sample::lives::Lives;

/// The first calendar year that was returned person by person.
const FIRST_YEAR: i32 = 2022;

/// The calendar years that are returned: those whose January census lies within the lives.
pub(in crate::sample) fn years(lives: &Lives) -> Vec<i32> {
    lives.calendar.academic_years().filter(|year| *year >= FIRST_YEAR).collect()
}

/// A module: its names in the three shapes, its columns and its records.
struct Module<'a> {
    export: &'static str,
    sheet: &'static str,
    template: &'static str,
    columns: Vec<ModuleColumn<'a>>,
    records: &'a [CaseRecord<'a>],
}

/// Writes the return of one calendar year.
///
/// # Errors
/// [`SampleError`] when a file cannot be made or written.
pub(super) fn write(lives: &Lives, year: i32, outbox: &Outbox) -> Result<(), SampleError> {
    let year = YearRows::new(year);
    let records = rows::records(lives, year, &|case| lives.cases.get(case));
    let modules = modules_of(&records, year);
    let received = (year.census + 35).working();
    let delivery = Delivery::new("sen2", received, year.of.to_string());
    match year.of % 3 {
        0 => {
            let name = format!("SEN2 {} pre-submission.xlsx", year.of + 1);
            write_sheets(&modules, &name, &delivery, outbox)
        }
        1 => write_export(&modules, year, &delivery, outbox),
        _ => write_template(&modules, year, &delivery, outbox),
    }
}

/// The modules, each with the columns of the version.
fn modules_of<'a>(records: &'a Sen2Records<'a>, year: YearRows) -> Vec<Module<'a>> {
    let with_columns = |mut module: Module<'a>| {
        module.columns.retain(|one| (one.versions.0..=one.versions.1).contains(&year.version));
        module
    };
    modules(records).into_iter().map(with_columns).collect()
}

fn modules<'a>(records: &'a Sen2Records<'a>) -> [Module<'a>; 8] {
    let module = |names: [&'static str; 3], columns, records| {
        let [export, sheet, template] = names;
        Module { export, sheet, template, columns, records }
    };
    [
        module(["person", "Person", "Person Record"], modules::person(), records.persons.as_slice()),
        module(["requests", "Requests", "Requests Records"], modules::requests(), &records.requests),
        module(["assessment", "Assessments", "Assessments Records"], modules::assessments(), &records.assessments),
        module(["namedplan", "Named Plan", "Named Plan Records"], modules::named_plans(), &records.named_plans),
        module(["plandetail", "Plan Detail", "Plan Detail Records"], modules::plan_details(), &records.named_plans),
        module(["activeplans", "Active Plan", "Active Plan Records"], modules::active_plans(), &records.active_plans),
        module(
            ["placementdetail", "Placement Detail", "Placement Detail Records"],
            modules::placements(),
            &records.active_plans,
        ),
        module(["senneed", "SEN Need", "SEN Need Records"], modules::needs(), &records.needs),
    ]
}

fn values<'a>(columns: &[&ModuleColumn<'a>], record: &CaseRecord<'a>) -> Vec<Cell> {
    columns.iter().map(|column| (column.value)(record)).collect()
}

/// Shape 1: nine CSV files.
fn write_export(modules: &[Module], year: YearRows, delivery: &Delivery, outbox: &Outbox) -> Result<(), SampleError> {
    let name = |module: &str| format!("Blade-Export_{}_{module}.csv", delivery.received.dmy());
    let mut header = "sen2tableid,NativeId,sen2orderseqcolumn,sourceid,collection,year,referencedate,sourcelevel,\
                      softwarecode,release,serialno,datetime,lea,dmo,dco"
        .to_owned();
    let mut cells = vec![
        Cell::Count(1),
        Cell::count(identity::AUTHORITY),
        Cell::Count(1),
        Cell::Word("9e3779b1"),
        Cell::Word("SEN2"),
        Cell::count(year.of + 1),
        Cell::Date(year.census),
        Cell::Word("L"),
        Cell::Word("InventedEHC"),
        Cell::Word("1.0"),
        Cell::Count(1),
        Cell::Date(delivery.received),
        Cell::count(identity::AUTHORITY),
        Cell::Word("Designated Medical Officer"),
        Cell::Word("Designated Clinical Officer"),
    ];
    if year.version >= 13 {
        header.push_str(",dsco");
        cells.push(Cell::Word("Designated Social Care Officer"));
    }
    let mut file = BladeFile::new(&header, None);
    file.row(cells);
    outbox.put(delivery, &name("sen2"), &file.finish().0, 1, &[])?;
    write_modules(modules, &name, delivery, outbox)
}

/// A CSV file a module.
fn write_modules(
    modules: &[Module],
    name: &dyn Fn(&str) -> String,
    delivery: &Delivery,
    outbox: &Outbox,
) -> Result<(), SampleError> {
    for module in modules {
        let columns: Vec<&ModuleColumn> = module.columns.iter().filter(|column| !column.export.is_empty()).collect();
        let labels: Vec<&str> = columns.iter().map(|column| column.export).collect();
        let mut file = BladeFile::new(&labels.join(","), None);
        for record in module.records {
            file.row(values(&columns, record));
        }
        let rows = file.data_rows();
        outbox.put(delivery, &name(module.export), &file.finish().0, rows, &[])?;
    }
    Ok(())
}

/// Shape 3: a workbook with a sheet a module.
fn write_sheets(modules: &[Module], name: &str, delivery: &Delivery, outbox: &Outbox) -> Result<(), SampleError> {
    let (mut sheets, mut rows) = (Vec::new(), 0);
    for module in modules {
        let columns: Vec<&ModuleColumn> = module.columns.iter().filter(|column| !column.sheet.is_empty()).collect();
        let labels: Vec<&str> = columns.iter().map(|column| column.sheet).collect();
        let mut sheet = GrownSheet::new(module.sheet, Style::PreSubmission)?;
        sheet.header(&labels)?;
        for record in module.records {
            sheet.row(&mut values(&columns, record), None)?;
        }
        rows += sheet.data_rows;
        sheets.push(sheet);
    }
    Ok(outbox.put(delivery, name, &bytes(sheets)?, rows, &[])?)
}

/// Shape 2: one sheet with nine tables below each other, each under its title.
fn write_template(modules: &[Module], year: YearRows, delivery: &Delivery, outbox: &Outbox) -> Result<(), SampleError> {
    let mut sheet = GrownSheet::new("Data Entry Template", Style::Template)?;
    sheet.line("Header Record")?;
    let mut labels = vec![
        "Record Type",
        "Collection Name",
        "Year",
        "Reference Date",
        "Source Level",
        "LA Number",
        "Software Code",
        "Release",
        "Serial Number",
        "Date & Time \n(ccyy-mm-ddThh:mm:ss)",
        "Designated Medical Officer",
        "Designated Clinical Officer",
    ];
    let mut cells = vec![
        Cell::Count(0),
        Cell::Word("SEN2"),
        Cell::count(year.of + 1),
        Cell::Date(year.census),
        Cell::Word("L"),
        Cell::count(identity::AUTHORITY),
        Cell::Word("InventedEHC"),
        Cell::Word("1.0"),
        Cell::Count(1),
        Cell::count(serial(delivery.received)),
        Cell::Word("Designated Medical Officer"),
        Cell::Word("Designated Clinical Officer"),
    ];
    if year.version >= 13 {
        labels.push("Designated Social Care Officer");
        cells.push(Cell::Word("Designated Social Care Officer"));
    }
    sheet.header(&labels)?;
    sheet.row(&mut cells, None)?;
    for (number, module) in modules.iter().enumerate() {
        let columns: Vec<&ModuleColumn> = module.columns.iter().filter(|column| !column.template.is_empty()).collect();
        let labels: Vec<&str> =
            ["Record Type"].into_iter().chain(columns.iter().map(|column| column.template)).collect();
        sheet.line("")?;
        sheet.line("")?;
        sheet.line(module.template)?;
        sheet.header(&labels)?;
        for record in module.records {
            let mut cells = vec![Cell::count(number + 1)];
            cells.extend(values(&columns, record));
            sheet.row(&mut cells, None)?;
        }
    }
    let (rows, name) = (sheet.data_rows, format!("SEN2 {} data entry template.xlsx", year.of + 1));
    Ok(outbox.put(delivery, &name, &bytes(vec![sheet])?, rows, &[])?)
}

fn serial(day: Day) -> i32 {
    day.serial()
}
