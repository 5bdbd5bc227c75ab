//! The network and its places. All of them are invented: URNs from 999001 up are nobody's, and the
//! telephone numbers are those that Ofcom keeps for drama.

use network::places::{self, About, PlaceProfile};
use network::{Actor, Result};

use super::city::City;

/// Days from today on which the network was founded.
pub const FOUNDED: i32 = -900;
/// Where the city is.
pub const ZONE: &str = "Europe/London";

/// A place of the city.
pub struct Spot {
    /// The end of its address.
    pub slug: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// Such as "primary".
    phase: &'static str,
    urn: u32,
    /// Who answers the telephone, and where.
    office: (&'static str, &'static str),
    /// Whoever leads it.
    pub head: &'static str,
}

/// Every place.
pub const PLACES: &[Spot] = &[
    spot(
        "thornbeck",
        "Thornbeck Primary School",
        "primary",
        999_001,
        ("Lynne Fairhurst", "0113 496 0177"),
        "Amina Rashid",
    ),
    spot(
        "kirkfold",
        "Kirkfold Primary School",
        "primary",
        999_002,
        ("Wendy Cawood", "0113 496 0121"),
        "Moira Fenn",
    ),
    spot(
        "tannery-row",
        "Tannery Row Primary School",
        "primary",
        999_003,
        ("Bev Stocks", "0113 496 0122"),
        "Hugh Pickersgill",
    ),
    spot(
        "hunslow-green",
        "Hunslow Green Primary School",
        "primary",
        999_004,
        ("Pat Cole", "0113 496 0123"),
        "Denise Okafor",
    ),
    spot(
        "gipsy-row",
        "Gipsy Row Primary School",
        "primary",
        999_005,
        ("Sheila Tate", "0113 496 0124"),
        "Colin Meade",
    ),
    spot(
        "millgarth",
        "Millgarth Primary School",
        "primary",
        999_006,
        ("Anita Rowe", "0113 496 0125"),
        "Joan Tordoff",
    ),
    spot(
        "oakshaw",
        "Oakshaw Infant School",
        "infant",
        999_007,
        ("Carol Binns", "0113 496 0126"),
        "Rosa Pereira",
    ),
    spot(
        "st-hildas",
        "St Hilda’s Catholic Primary School",
        "primary",
        999_008,
        ("Bernie Walsh", "0113 496 0127"),
        "Agnes Kelly",
    ),
    spot(
        "armsworth",
        "Armsworth Junior School",
        "junior",
        999_009,
        ("Jean Holroyd", "0113 496 0128"),
        "Paul Lumb",
    ),
    spot(
        "roundwood",
        "Roundwood Academy",
        "secondary",
        999_010,
        ("Terry Nash", "0113 496 0129"),
        "Yasmin Chaudhry",
    ),
    spot(
        "quarrybank",
        "Quarrybank Primary School",
        "primary",
        999_011,
        ("Rita Sowden", "0113 496 0130"),
        "Stella Dunne",
    ),
];

const fn spot(
    slug: &'static str,
    name: &'static str,
    phase: &'static str,
    urn: u32,
    office: (&'static str, &'static str),
    head: &'static str,
) -> Spot {
    Spot {
        slug,
        name,
        phase,
        urn,
        office,
        head,
    }
}

/// What a place is called.
pub fn name(slug: &str) -> &'static str {
    spot_of(slug).map_or("", |spot| spot.name)
}

/// Who leads a place.
pub fn head(slug: &str) -> &'static str {
    spot_of(slug).map_or("", |spot| spot.head)
}

fn spot_of(slug: &str) -> Option<&'static Spot> {
    PLACES.iter().find(|spot| spot.slug == slug)
}

/// What the network says of itself.
pub fn about() -> About {
    About {
        name: "Aireford Learning Network".to_owned(),
        purpose: "Every child in Aireford known, stretched and ready for the world they are growing into. We share what works, and we say so when it does not.".to_owned(),
        values: ["fair and open", "nobody slips through", "curious before certain"]
            .map(str::to_owned)
            .to_vec(),
        contact_name: "Ruth Adeyemi".to_owned(),
        contact_role: "network lead".to_owned(),
        contact_phone: "0113 496 0118".to_owned(),
        contact_email: "ruth.adeyemi@example.org".to_owned(),
    }
}

/// What a place says that it is here for; some have not said it yet.
fn purpose(slug: &str) -> &'static str {
    match slug {
        "thornbeck" => "Every child leaves us a reader, and known by name.",
        "kirkfold" => "A small school by the river, where nobody is left to sink.",
        _ => "",
    }
}

/// What it stands for.
fn values(slug: &str) -> &'static [&'static str] {
    match slug {
        "thornbeck" => &[
            "kind first",
            "every voice counts",
            "we finish what we start",
        ],
        "kirkfold" => &["ask for help early", "outdoors in all weathers"],
        _ => &[],
    }
}

/// The network lead adds every place.
pub async fn add(city: &mut City) -> Result<()> {
    let lead: Actor = city.actor("Ruth Adeyemi")?.clone();
    for spot in PLACES {
        city.moment();
        let profile = PlaceProfile {
            name: spot.name.to_owned(),
            kind: "school".to_owned(),
            phase: spot.phase.to_owned(),
            town: "Aireford".to_owned(),
            urn: Some(spot.urn.to_string()),
            contact_name: Some(spot.office.0.to_owned()),
            contact_phone: Some(spot.office.1.to_owned()),
            purpose: purpose(spot.slug).to_owned(),
            values: values(spot.slug).iter().map(|v| (*v).to_owned()).collect(),
        };
        let place = places::add_place(&city.network, &lead, spot.slug, &profile).await?;
        city.places.insert(spot.slug, place.id);
    }
    Ok(())
}
