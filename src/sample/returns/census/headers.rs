//! The headers of the census tables, as COLLECT exports them, by term and year.

use crate::sample::calendar::{Season, Term};

/// Autumn 2024.
const ON_ROLL_AUTUMN: &str = "pupilonrolltableid,NativeId,dob,surname,forename,middlenames,preferredsurname,formersurname,upn,\
     formerupn,uniquelearnernumber,sex,entrydate,pupilonrollorderseqcolumn,sourceid,schoolcensustableid,\
     hoursatsetting,schoollunchtaken,parttime,topupfunding,termlysessionspossible,termlysessionsauthorised,\
     termlysessionsunauthorised,senunitindicator,resourcedprovisionindicator,nonqualhrs,ftemp,qualhrs,\
     qualhrspreviousyear,nonqualhrspreviousyear,tlevelqualhrs,tlevelnonqualhrs,moveoffrollflag,fundedhours,\
     missingaddress,duplicatenotfunded,summerhalfterm2sessionspossible,extendedhours,eligibilitycode,\
     summerhalfterm2sessionsauthorised,summerhalfterm2sessionsunauthorised,dafindicator,\
     summerhalfterm2sessionseducational,summerhalfterm2sessionsexceptional,\
     summerhalfterm2sessionscoronavirus,yssa,servicechild,language,classtype,enrolstatus,boarder,plaa,\
     senprovision,ncyearactual,mathsgcsehighestpriorattainment,mathsgcsepriorattainmentyear11,\
     englishgcsehighestpriorattainment,englishgcsepriorattainmentyear11,mathsgcsefundingexemption,\
     englishgcsefundingexemption,mathsgcsehighestpriorattainmentpreviousyear,\
     englishgcsehighestpriorattainmentpreviousyear,eyppr,eyppbf";
/// Spring 2025.
const ON_ROLL_SPRING: &str = "pupilonrolltableid,NativeId,dob,surname,forename,middlenames,preferredsurname,formersurname,upn,\
     formerupn,uniquelearnernumber,sex,entrydate,pupilonrollorderseqcolumn,sourceid,schoolcensustableid,\
     hoursatsetting,schoollunchtaken,parttime,topupfunding,unitcontacttime,termlysessionspossible,\
     senunitindicator,resourcedprovisionindicator,moveoffrollflag,fundedhours,missingaddress,\
     duplicatenotfunded,extendedhours,eligibilitycode,dafindicator,ethnicity,yssa,servicechild,language,\
     classtype,enrolstatus,boarder,plaa,senprovision,ncyearactual,eyppr,eyppbf,youngcarer";
/// Summer 2025.
const ON_ROLL_SUMMER: &str = "pupilonrolltableid,NativeId,dob,surname,forename,middlenames,preferredsurname,formersurname,upn,\
     formerupn,uniquelearnernumber,sex,entrydate,pupilonrollorderseqcolumn,sourceid,schoolcensustableid,\
     hoursatsetting,schoollunchtaken,parttime,topupfunding,termlysessionspossible,senunitindicator,\
     resourcedprovisionindicator,moveoffrollflag,fundedhours,missingaddress,extendedhours,eligibilitycode,\
     dafindicator,yssa,servicechild,language,classtype,enrolstatus,boarder,plaa,senprovision,ncyearactual,\
     eyppr,eyppbf,expandedhours";
/// Autumn 2024.
const OFF_ROLL_AUTUMN: &str = "pupilnolongeronrolltableid,NativeId,dob,surname,forename,middlenames,preferredsurname,formersurname,upn,\
     formerupn,uniquelearnernumber,sex,entrydate,leavingdate,pupilnolongeronrollorderseqcolumn,sourceid,\
     schoolcensustableid,parttime,termlysessionspossible,termlysessionsauthorised,termlysessionsunauthorised,\
     moveonrollflag,missingaddress,summerhalfterm2sessionsauthorised,summerhalfterm2sessionspossible,\
     summerhalfterm2sessionsunauthorised,qualhrs,qualhrspreviousyear,nonqualhrspreviousyear,tlevelqualhrs,\
     tlevelnonqualhrs,nonqualhrs,summerhalfterm2sessionseducational,summerhalfterm2sessionsexceptional,\
     summerhalfterm2sessionscoronavirus,boarder,language,ncyearleaving,mathsgcsehighestpriorattainment,\
     mathsgcsepriorattainmentyear11,englishgcsehighestpriorattainment,englishgcsepriorattainmentyear11,\
     mathsgcsefundingexemption,englishgcsefundingexemption,mathsgcsehighestpriorattainmentpreviousyear,\
     englishgcsehighestpriorattainmentpreviousyear";
/// Spring 2025.
const OFF_ROLL_SPRING: &str = "pupilnolongeronrolltableid,NativeId,dob,surname,forename,middlenames,preferredsurname,formersurname,upn,\
     formerupn,uniquelearnernumber,sex,entrydate,leavingdate,pupilnolongeronrollorderseqcolumn,sourceid,\
     schoolcensustableid,parttime,termlysessionspossible,moveonrollflag,ethnicity,boarder,language";
/// Summer 2025.
const OFF_ROLL_SUMMER: &str = "pupilnolongeronrolltableid,NativeId,dob,surname,forename,middlenames,preferredsurname,formersurname,upn,\
     formerupn,uniquelearnernumber,sex,entrydate,leavingdate,pupilnolongeronrollorderseqcolumn,sourceid,\
     schoolcensustableid,parttime,termlysessionspossible,moveonrollflag,boarder,language";

/// `schoolcensus`: one row a return.
pub(super) const RETURN: &str = "schoolcensustableid,NativeId,schoolcensusorderseqcolumn,sourceid,name,collection,term,year,\
     referencedate,serialno,sourcelevel,lea,estab,urn,softwarecode,datetime,release,xversion";

/// `school`: the school as it describes itself.
pub(super) const SCHOOL: &str = "schooltableid,NativeId,schoolorderseqcolumn,sourceid,schoolcensustableid,schoolname,intake,phase,\
     type,governance,lowestncyeargroup,highestncyeargroup";

/// `senneeds`.
pub(super) const NEEDS: &str =
    "pupilonrolltableid,NativeId,senneedstableid,senneedsorderseqcolumn,sourceid,sentyperank,sentype";

/// Renames what was named otherwise in the year of the census, and leaves out what did not exist yet.
fn dated(header: &str, term: Term) -> String {
    let named = if term.year < 2024 { header.replace(",sex,", ",gender,") } else { header.to_owned() };
    if term.year < 2022 { named.replace(",youngcarer", "") } else { named }
}

/// `pupilonroll`.
pub(super) fn on_roll(term: Term) -> String {
    let header = match term.season {
        Season::Autumn => ON_ROLL_AUTUMN,
        Season::Spring => ON_ROLL_SPRING,
        Season::Summer => ON_ROLL_SUMMER,
    };
    dated(header, term)
}

/// `pupilnolongeronroll`.
pub(super) fn off_roll(term: Term) -> String {
    let header = match term.season {
        Season::Autumn => OFF_ROLL_AUTUMN,
        Season::Spring => OFF_ROLL_SPRING,
        Season::Summer => OFF_ROLL_SUMMER,
    };
    dated(header, term)
}

/// `termlyexclusionsonroll` (`on`) and `termlyexclusionsoffroll` (`off`): one reason until 2019/20, then three.
pub(super) fn exclusions(roll: &str, term: Term) -> String {
    let parent = parent(roll);
    let reasons = if term.year < 2020 { "reason" } else { "reason1,reason2,reason3" };
    format!(
        "{parent}tableid,NativeId,termlyexclusions{roll}rolltableid,termlyexclusions{roll}rollorderseqcolumn,sourceid,\
         startdate,sessions,{reasons},category,senprovision"
    )
}

/// Session details of one table: `absencesessions` until 2019/20, then `sessions`.
pub(super) fn sessions(table: &str, roll: &str, term: Term) -> String {
    let parent = parent(roll);
    let sessions = if term.year < 2020 { "absencesessions" } else { "sessions" };
    format!("{parent}tableid,NativeId,{table}tableid,{table}orderseqcolumn,sourceid,{sessions},attendancereason")
}

fn parent(roll: &str) -> &'static str {
    if roll == "on" { "pupilonroll" } else { "pupilnolongeronroll" }
}
