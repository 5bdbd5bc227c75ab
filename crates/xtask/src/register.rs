//! A register of schools of the real size in the real columns, every school invented, and how long its
//! import takes.
//!
//! What must stay true: the same seed gives the same bytes; Windows-1252 with CRLF, as the register is;
//! URNs from 800000 up are nobody's; all are open, which is more work than the real register, where half have
//! closed.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use calibration::chance::Chance;

/// Every heading of the register as of September 2026, in its order.
const HEADINGS: &str = "URN,LA (code),LA (name),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (code),TypeOfEstablishment (name),EstablishmentTypeGroup (code),EstablishmentTypeGroup (name),EstablishmentStatus (code),EstablishmentStatus (name),ReasonEstablishmentOpened (code),ReasonEstablishmentOpened (name),OpenDate,ReasonEstablishmentClosed (code),ReasonEstablishmentClosed (name),CloseDate,PhaseOfEducation (code),PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,Boarders (code),Boarders (name),NurseryProvision (name),OfficialSixthForm (code),OfficialSixthForm (name),Gender (code),Gender (name),ReligiousCharacter (code),ReligiousCharacter (name),ReligiousEthos (name),Diocese (code),Diocese (name),AdmissionsPolicy (code),AdmissionsPolicy (name),SchoolCapacity,SpecialClasses (code),SpecialClasses (name),CensusDate,NumberOfPupils,NumberOfBoys,NumberOfGirls,PercentageFSM,TrustSchoolFlag (code),TrustSchoolFlag (name),Trusts (code),Trusts (name),SchoolSponsorFlag (name),SchoolSponsors (name),FederationFlag (name),Federations (code),Federations (name),UKPRN,FEHEIdentifier,FurtherEducationType (name),LastChangedDate,Street,Locality,Address3,Town,County (name),Postcode,SchoolWebsite,TelephoneNum,HeadTitle (name),HeadFirstName,HeadLastName,HeadPreferredJobTitle,BSOInspectorateName (name),InspectorateReport,DateOfLastInspectionVisit,NextInspectionVisit,TeenMoth (name),TeenMothPlaces,CCF (name),SENPRU (name),EBD (name),PlacesPRU,FTProv (name),EdByOther (name),Section41Approved (name),SEN1 (name),SEN2 (name),SEN3 (name),SEN4 (name),SEN5 (name),SEN6 (name),SEN7 (name),SEN8 (name),SEN9 (name),SEN10 (name),SEN11 (name),SEN12 (name),SEN13 (name),TypeOfResourcedProvision (name),ResourcedProvisionOnRoll,ResourcedProvisionCapacity,SenUnitOnRoll,SenUnitCapacity,GOR (code),GOR (name),DistrictAdministrative (code),DistrictAdministrative (name),AdministrativeWard (code),AdministrativeWard (name),ParliamentaryConstituency (code),ParliamentaryConstituency (name),UrbanRural (code),UrbanRural (name),GSSLACode (name),Easting,Northing,MSOA (name),LSOA (name),InspectorateName (name),SENStat,SENNoStat,BoardingEstablishment (name),PropsName,PreviousLA (code),PreviousLA (name),PreviousEstablishmentNumber,Country (name),UPRN,SiteName,QABName (code),QABName (name),EstablishmentAccredited (code),EstablishmentAccredited (name),QABReport,CHNumber,MSOA (code),LSOA (code),FSM,AccreditationExpiryDate";

const FIRST: &[&str] = &[
    "Thorn", "Kirk", "Oak", "Birch", "Hunslow", "Tanner", "Whit", "Ash", "Rook", "Stan", "Green",
    "Mill",
];
const SECOND: &[&str] = &[
    "beck", "fold", "shaw", "ley", "wick", "thorpe", "field", "bridge", "moor", "gate", "dale",
    "combe",
];
/// Windows-1252: a right single quotation mark, and an e with an acute accent.
const SAINTS: &[&[u8]] = &[
    b"St Mary\x92s",
    b"St Hilda\x92s",
    b"St Andr\xe9\x92s",
    b"St Peter\x92s",
    b"All Saints\x92",
];

/// Writes a register of so many schools.
pub fn write(path: &Path, schools: u32, seed: u64) -> Result<(), String> {
    invented(path, schools, seed).map_err(|e| format!("{}: {e}", path.display()))
}

fn invented(path: &Path, schools: u32, seed: u64) -> std::io::Result<()> {
    let part = path.with_extension("part");
    let mut out = BufWriter::new(File::create(&part)?);
    let headings: Vec<&str> = HEADINGS.split(',').collect();
    let quoted: Vec<String> = headings.iter().map(|h| format!("\"{h}\"")).collect();
    write!(out, "{}\r\n", quoted.join(","))?;
    let mut dice = Chance::seeded(seed);
    for number in 0..schools {
        let cells = school(&mut dice, number);
        for (at, heading) in headings.iter().enumerate() {
            if at > 0 {
                out.write_all(b",")?;
            }
            if let Some((_, cell)) = cells.iter().find(|(name, _)| name == heading) {
                out.write_all(b"\"")?;
                out.write_all(cell)?;
                out.write_all(b"\"")?;
            }
        }
        out.write_all(b"\r\n")?;
    }
    out.into_inner()?.sync_all()?;
    fs::rename(part, path)
}

fn one<T: Copy>(dice: &mut Chance, of: &[T]) -> Option<T> {
    let limit = u32::try_from(of.len()).ok()?;
    usize::try_from(dice.below(limit))
        .ok()
        .and_then(|at| of.get(at).copied())
}

fn school(dice: &mut Chance, number: u32) -> Vec<(&'static str, Vec<u8>)> {
    let town = format!(
        "{}{}",
        one(dice, FIRST).unwrap_or_default(),
        one(dice, SECOND).unwrap_or_default()
    );
    let primary = dice.below(10) < 7;
    let mut name = if dice.below(3) == 0 {
        one(dice, SAINTS).unwrap_or_default().to_vec()
    } else {
        town.clone().into_bytes()
    };
    name.extend_from_slice(if primary {
        b" Primary School"
    } else {
        b" High School"
    });
    let pupils = if primary {
        100 + dice.below(500)
    } else {
        500 + dice.below(1_200)
    };
    let area = 201 + dice.below(150);
    let text = |words: &str| words.as_bytes().to_vec();
    vec![
        ("URN", text(&format!("{}", 800_000 + number))),
        ("LA (code)", text(&format!("{area}"))),
        ("LA (name)", text(&format!("Authority {area}"))),
        (
            "EstablishmentNumber",
            text(&format!("{}", 2_000 + number % 6_000)),
        ),
        ("EstablishmentName", name),
        ("TypeOfEstablishment (code)", text("1")),
        ("TypeOfEstablishment (name)", text("Community school")),
        ("EstablishmentTypeGroup (code)", text("4")),
        (
            "EstablishmentTypeGroup (name)",
            text("Local authority maintained schools"),
        ),
        ("EstablishmentStatus (code)", text("1")),
        ("EstablishmentStatus (name)", text("Open")),
        (
            "OpenDate",
            text(&format!("01-09-{}", 1950 + dice.below(70))),
        ),
        (
            "PhaseOfEducation (code)",
            text(if primary { "2" } else { "4" }),
        ),
        (
            "PhaseOfEducation (name)",
            text(if primary { "Primary" } else { "Secondary" }),
        ),
        ("StatutoryLowAge", text(if primary { "4" } else { "11" })),
        ("StatutoryHighAge", text(if primary { "11" } else { "16" })),
        ("Gender (name)", text("Mixed")),
        ("AdmissionsPolicy (name)", text("Not applicable")),
        (
            "SchoolCapacity",
            text(&format!("{}", pupils + dice.below(60))),
        ),
        ("CensusDate", text("16-01-2026")),
        ("NumberOfPupils", text(&format!("{pupils}"))),
        (
            "PercentageFSM",
            text(&format!("{}.{}", dice.below(60), dice.below(10))),
        ),
        (
            "Trusts (code)",
            text(&format!("{}", 2_000 + dice.below(2_000))),
        ),
        ("Trusts (name)", text(&format!("The {town} Learning Trust"))),
        ("UKPRN", text(&format!("{}", 10_000_000 + number))),
        (
            "LastChangedDate",
            text(&format!(
                "{:02}-{:02}-2026",
                1 + dice.below(28),
                1 + dice.below(9)
            )),
        ),
        (
            "Street",
            text(&format!("{} {town} Road", 1 + dice.below(200))),
        ),
        ("Locality", text(&town)),
        ("Town", text(&town)),
        ("County (name)", text("West Aireshire")),
        (
            "Postcode",
            text(&format!("ZZ{} {}ZZ", dice.below(99), dice.below(10))),
        ),
        (
            "SchoolWebsite",
            text(&format!("https://{}.example.org", town.to_lowercase())),
        ),
        (
            "TelephoneNum",
            text(&format!("0113496{:04}", dice.below(1_000))),
        ),
        (
            "AdministrativeWard (name)",
            text(&format!("{town} & District")),
        ),
        (
            "UrbanRural (name)",
            text("(England/Wales) Urban major conurbation"),
        ),
        (
            "Easting",
            text(&format!("{}", 400_000 + dice.below(90_000))),
        ),
        (
            "Northing",
            text(&format!("{}", 400_000 + dice.below(90_000))),
        ),
        ("SENStat", text(&format!("{}", dice.below(12)))),
        ("SENNoStat", text(&format!("{}", dice.below(80)))),
        ("Country (name)", text("United Kingdom")),
        (
            "MSOA (code)",
            text(&format!("E020{:05}", dice.below(99_999))),
        ),
        (
            "LSOA (code)",
            text(&format!("E010{:05}", dice.below(99_999))),
        ),
        ("FSM", text(&format!("{}", dice.below(pupils)))),
    ]
}

/// The file that the bench imports: 52,000 schools, made once.
pub fn of_a_nation(folder: &Path) -> Result<PathBuf, String> {
    let path = folder.join("register.csv");
    if !path.exists() {
        eprintln!("Writing 52,000 schools to {}", path.display());
        write(&path, 52_000, 20_261_124)?;
    }
    Ok(path)
}
