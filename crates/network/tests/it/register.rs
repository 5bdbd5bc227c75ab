//! The register of schools, and other lists of places: what is added, changed, closed and kept.

use network::governance::audit;
use network::places::import::{self, Applied, Bringing, Counts, Wanted, What};
use network::places::{self, Found, Place, PlaceProfile};
use network::{Actor, Error, Network};
use tables::{Matching, Options, PlaceColumn, Source, Table};
use testkit::TestNetwork;

const HEADINGS: &str = "URN,LA (code),LA (name),EstablishmentName,EstablishmentStatus (code),CloseDate,PhaseOfEducation (name),NumberOfPupils,Town";

fn table(content: &str) -> Table {
    let source = Source::bytes("register.csv", content.as_bytes());
    tables::open(source, &Options::default()).unwrap()
}

fn register(rows: &[&str]) -> Bringing {
    let content = format!("{HEADINGS}\n{}\n", rows.join("\n"));
    Bringing::register(&table(&content), None).unwrap()
}

fn with_links(rows: &[&str], links: &[&str]) -> Bringing {
    let content = format!("{HEADINGS}\n{}\n", rows.join("\n"));
    let links = format!(
        "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n{}\n",
        links.join("\n")
    );
    Bringing::register(&table(&content), Some(&table(&links))).unwrap()
}

async fn done(city: &Network, by: &Actor, bringing: &Bringing) -> Counts {
    match import::apply(city, by, bringing, &Wanted::default(), None)
        .await
        .unwrap()
    {
        Applied::Done(_, told) => told.counts,
        other => panic!("nothing was done: {other:?}"),
    }
}

async fn place(city: &Network, slug: &str) -> Place {
    match places::by_slug(city, slug).await.unwrap() {
        Found::Here(place) => *place,
        Found::MovedTo(to) => panic!("moved to {to}"),
    }
}

const THORNBECK: &str = "999001,383,Leeds,Thornbeck Primary School,1,,Primary,210,Aireford";
const KIRKFOLD: &str = "999002,383,Leeds,Kirkfold Primary School,1,,Primary,315,Aireford";
const HUNSLOW: &str = "999003,380,Bradford,Hunslow High School,1,,Secondary,900,Hunslow";

#[tokio::test]
async fn what_would_happen_is_seen_then_done_and_a_second_time_changes_nothing() {
    let city = TestNetwork::new().await;
    let file = register(&[
        THORNBECK,
        KIRKFOLD,
        HUNSLOW,
        "999009,383,Leeds,Old Mill School,2,31-08-2011,Primary,,Aireford",
    ]);
    let areas: Vec<_> = file.areas().into_iter().map(|a| (a.code, a.open)).collect();
    assert_eq!(areas, [(380, 1), (383, 2)]);
    let leeds = Wanted {
        areas: Some(vec![383]),
    };
    let preview = import::preview(&city, city.lead(), &file, &leeds)
        .await
        .unwrap();
    let names: Vec<&str> = preview.added.iter().map(|n| n.name.as_str()).collect();
    assert_eq!(
        names,
        ["Thornbeck Primary School", "Kirkfold Primary School"]
    );
    assert_eq!((preview.counts.added, preview.counts.left_out), (2, 2));
    assert!(
        preview
            .notes
            .iter()
            .any(|n| n.contains("another local authority"))
    );
    assert_eq!(places::all(&city).await.unwrap().len(), 0, "nothing yet");

    let before = audit::verify(&city, &[]).await.unwrap().entries;
    let expected = Some(preview.counts);
    let applied = import::apply(&city, city.lead(), &file, &leeds, expected)
        .await
        .unwrap();
    let Applied::Done(id, told) = applied else {
        panic!("{applied:?}")
    };
    assert_eq!(*told, preview);
    let thornbeck = place(&city, "thornbeck-primary-school").await;
    assert_eq!(thornbeck.profile.urn.as_deref(), Some("999001"));
    assert_eq!(
        (
            thornbeck.profile.kind.as_str(),
            thornbeck.profile.phase.as_str()
        ),
        ("school", "primary")
    );

    // One entry in the log, which says what was done and with which file.
    let chain = audit::verify(&city, &[]).await.unwrap();
    assert_eq!((chain.entries, chain.broken.clone()), (before + 1, None));
    let entry = &audit::entries(&city, city.lead(), None, None, 1)
        .await
        .unwrap()[0];
    assert_eq!(
        entry.what,
        "imported places from the register of schools in England: 2 added"
    );
    assert!(
        entry
            .why
            .as_deref()
            .unwrap()
            .starts_with("register.csv, SHA-256 ")
    );
    assert_eq!(entry.on.id, id.to_string());
    let (record, lines) = import::done(&city, city.lead(), id, 0, 10).await.unwrap();
    assert_eq!((record.counts.added, lines.len()), (2, 2));
    assert_eq!(lines[0].what, What::Added);

    let again = import::apply(&city, city.lead(), &file, &leeds, None)
        .await
        .unwrap();
    assert!(matches!(again, Applied::Nothing(told) if told.counts.unchanged == 2));
    assert_eq!(
        audit::verify(&city, &[]).await.unwrap(),
        chain,
        "not even an entry"
    );
}

#[tokio::test]
async fn what_the_register_says_anew_is_taken_over_and_our_own_words_stay() {
    let city = TestNetwork::new().await;
    done(&city, city.lead(), &register(&[THORNBECK, KIRKFOLD])).await;
    let kirkfold = place(&city, "kirkfold-primary-school").await;
    let own = PlaceProfile {
        name: "Kirkfold, the school by the river".to_owned(),
        ..kirkfold.profile.clone()
    };
    places::change_place(&city, city.lead(), kirkfold.id, &kirkfold.slug, &own)
        .await
        .unwrap();
    let newer = register(&[
        "999001,383,Leeds,Thornbeck Academy,1,,Primary,215,Aireford",
        "999002,383,Leeds,Kirkfold Church School,1,,Primary,315,Aireford East",
    ]);
    let preview = import::preview(&city, city.lead(), &newer, &Wanted::default())
        .await
        .unwrap();
    let told: Vec<String> = preview.changes[0]
        .fields
        .iter()
        .map(|f| format!("{}: {} → {}", f.name, f.before, f.after))
        .collect();
    assert_eq!(
        told,
        [
            "name: Thornbeck Primary School → Thornbeck Academy",
            "pupils: 210 → 215"
        ]
    );
    let counts = done(&city, city.lead(), &newer).await;
    assert_eq!((counts.changed, counts.added), (2, 0));
    let thornbeck = place(&city, "thornbeck-primary-school").await;
    assert_eq!(thornbeck.profile.name, "Thornbeck Academy", "same address");
    let kirkfold = place(&city, "kirkfold-primary-school").await;
    assert_eq!(kirkfold.profile.name, "Kirkfold, the school by the river");
    assert_eq!(kirkfold.profile.town, "Aireford East");
    let again = import::apply(&city, city.lead(), &newer, &Wanted::default(), None)
        .await
        .unwrap();
    assert!(matches!(again, Applied::Nothing(_)));
}

#[tokio::test]
async fn a_file_with_fewer_columns_takes_nothing_away() {
    let city = TestNetwork::new().await;
    done(&city, city.lead(), &register(&[THORNBECK])).await;
    let bare = table("EstablishmentName,URN\nThornbeck Primary School,999001\n");
    let bare = Bringing::register(&bare, None).unwrap();
    let applied = import::apply(&city, city.lead(), &bare, &Wanted::default(), None)
        .await
        .unwrap();
    assert!(matches!(applied, Applied::Nothing(_)), "{applied:?}");
    let thornbeck = place(&city, "thornbeck-primary-school").await;
    assert_eq!(thornbeck.profile.town, "Aireford");
}

#[tokio::test]
async fn a_school_that_closes_is_marked_and_one_that_opens_again_is_open() {
    let city = TestNetwork::new().await;
    done(&city, city.lead(), &register(&[THORNBECK, KIRKFOLD])).await;
    let closing = register(&[
        THORNBECK,
        "999002,383,Leeds,Kirkfold Primary School,2,31-08-2026,Primary,315,Aireford",
    ]);
    let counts = done(&city, city.lead(), &closing).await;
    assert_eq!((counts.closed, counts.unchanged), (1, 1));
    let kirkfold = place(&city, "kirkfold-primary-school").await;
    assert_eq!(kirkfold.closed_on.unwrap().to_string(), "2026-08-31");
    let (open, all) = places::search(&city, "", 0, 10).await.unwrap();
    assert_eq!((open.len(), all), (1, 1), "lists show what is open");
    let again = import::apply(&city, city.lead(), &closing, &Wanted::default(), None)
        .await
        .unwrap();
    assert!(matches!(again, Applied::Nothing(_)), "{again:?}");
    done(&city, city.lead(), &register(&[THORNBECK, KIRKFOLD])).await;
    assert_eq!(
        place(&city, "kirkfold-primary-school").await.closed_on,
        None
    );
}

#[tokio::test]
async fn a_school_that_becomes_an_academy_keeps_its_page_and_its_people() {
    let city = TestNetwork::new().await;
    done(&city, city.lead(), &register(&[THORNBECK, KIRKFOLD])).await;
    let before = place(&city, "thornbeck-primary-school").await;
    let converted = with_links(
        &[
            "999001,383,Leeds,Thornbeck Primary School,2,31-08-2026,Primary,210,Aireford",
            "999101,383,Leeds,Thornbeck Primary Academy,1,,Primary,210,Aireford",
            KIRKFOLD,
        ],
        // As in the register: the same link from both sides.
        &[
            "999101,999001,Thornbeck Primary School,Predecessor,01-09-2026",
            "999001,999101,Thornbeck Primary Academy,Successor,01-09-2026",
        ],
    );
    let counts = done(&city, city.lead(), &converted).await;
    assert_eq!((counts.went_on, counts.closed, counts.added), (1, 0, 0));
    let now = place(&city, "thornbeck-primary-school").await;
    assert_eq!(now.id, before.id, "the same place");
    assert_eq!(now.profile.urn.as_deref(), Some("999101"));
    assert_eq!(now.profile.name, "Thornbeck Primary Academy");
    assert_eq!(now.closed_on, None);
    let again = import::apply(&city, city.lead(), &converted, &Wanted::default(), None)
        .await
        .unwrap();
    assert!(matches!(again, Applied::Nothing(_)), "{again:?}");
}

#[tokio::test]
async fn schools_that_merge_close_and_point_to_the_one_that_follows() {
    let city = TestNetwork::new().await;
    done(&city, city.lead(), &register(&[THORNBECK, KIRKFOLD])).await;
    let merged = with_links(
        &[
            "999001,383,Leeds,Thornbeck Primary School,2,31-08-2026,Primary,210,Aireford",
            "999002,383,Leeds,Kirkfold Primary School,2,31-08-2026,Primary,315,Aireford",
            "999102,383,Leeds,Beckfold Primary School,1,,Primary,520,Aireford",
        ],
        &[
            "999102,999001,Thornbeck Primary School,Predecessor - amalgamated,01-09-2026",
            "999102,999002,Kirkfold Primary School,Predecessor - amalgamated,01-09-2026",
        ],
    );
    let counts = done(&city, city.lead(), &merged).await;
    assert_eq!((counts.closed, counts.added, counts.went_on), (2, 1, 0));
    let beckfold = place(&city, "beckfold-primary-school").await;
    for old in ["thornbeck-primary-school", "kirkfold-primary-school"] {
        assert_eq!(place(&city, old).await.followed_by, Some(beckfold.id));
    }
    let again = import::apply(&city, city.lead(), &merged, &Wanted::default(), None)
        .await
        .unwrap();
    assert!(matches!(again, Applied::Nothing(_)), "{again:?}");
}

#[tokio::test]
async fn a_place_that_was_typed_in_is_known_by_its_urn_and_one_without_is_told() {
    let city = TestNetwork::new().await.with_place("Hunslow").await;
    let typed = PlaceProfile {
        name: "Our school".to_owned(),
        kind: "school".to_owned(),
        urn: Some("999001".to_owned()),
        ..PlaceProfile::default()
    };
    places::add_place(&city, city.lead(), "ours", &typed)
        .await
        .unwrap();
    let mut file = vec![THORNBECK];
    file.push("999003,380,Bradford,Hunslow Primary School,1,,Primary,200,Aireford");
    let file = register(&file);
    let preview = import::preview(&city, city.lead(), &file, &Wanted::default())
        .await
        .unwrap();
    assert_eq!((preview.counts.changed, preview.counts.added), (1, 1));
    let told = preview.notes.iter().any(|n| {
        n.starts_with(
            "Here already by that name, but without a URN: Hunslow Primary School (999003)",
        )
    });
    assert!(told, "{:?}", preview.notes);
    done(&city, city.lead(), &file).await;
    let ours = place(&city, "ours").await;
    assert_eq!(ours.profile.name, "Our school", "its own words stay");
    assert_eq!(ours.profile.town, "Aireford", "what was empty is filled in");
    let twice = PlaceProfile {
        urn: Some("999003".to_owned()),
        ..ours.profile.clone()
    };
    let refused = places::change_place(&city, city.lead(), ours.id, "ours", &twice)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("has this URN"), "{refused}");
}

#[tokio::test]
async fn schools_of_one_name_get_an_address_each() {
    let city = TestNetwork::new().await;
    let file = register(&[
        "999011,383,Leeds,St Mary’s School,1,,Primary,100,Aireford",
        "999012,383,Leeds,St Mary’s School,1,,Primary,100,Aireford",
        "999013,383,Leeds,St Mary’s School,1,,Primary,100,Aireford",
    ]);
    assert_eq!(done(&city, city.lead(), &file).await.added, 3);
    let mut slugs: Vec<String> = places::all(&city)
        .await
        .unwrap()
        .into_iter()
        .map(|p| p.slug)
        .collect();
    slugs.sort_unstable();
    assert_eq!(
        slugs,
        [
            "st-marys-school",
            "st-marys-school-999013",
            "st-marys-school-aireford"
        ]
    );
}

#[tokio::test]
async fn what_changed_since_it_was_looked_at_is_shown_again_and_not_done() {
    let city = TestNetwork::new().await;
    let file = register(&[THORNBECK]);
    let other = Counts {
        added: 7,
        ..Counts::default()
    };
    let applied = import::apply(&city, city.lead(), &file, &Wanted::default(), Some(other))
        .await
        .unwrap();
    assert!(matches!(applied, Applied::Otherwise(preview) if preview.counts.added == 1));
    assert_eq!(places::all(&city).await.unwrap().len(), 0);
}

#[tokio::test]
async fn other_services_come_from_any_list_and_are_known_again() {
    let city = TestNetwork::new().await;
    let content = "Ref,Setting name,Town,Contact,Phone\n\
                   C1,Mill Lane Children’s Centre,Aireford,Lynne Fairhurst,0113 496 0177\n\
                   C2,Riverside Youth Club,Hunslow,,\n";
    let matching = tables::match_places(&table(content));
    assert_eq!(
        matching.get(&PlaceColumn::Name).map(String::as_str),
        Some("Setting name")
    );
    let bring = |content: &str, kind: &str| {
        Bringing::list(&table(content), "Children’s  Centres", &matching, kind).unwrap()
    };
    let first = bring(content, "children’s centre");
    assert_eq!(done(&city, city.lead(), &first).await.added, 2);
    let centre = place(&city, "mill-lane-childrens-centre").await;
    assert_eq!(centre.profile.kind, "children’s centre");
    assert_eq!(
        centre.profile.contact_name.as_deref(),
        Some("Lynne Fairhurst")
    );
    assert_eq!(centre.profile.urn, None, "its number is not the register’s");
    let newer = bring(
        &content.replace("Riverside Youth Club", "Riverside Hub"),
        "children’s centre",
    );
    let counts = done(&city, city.lead(), &newer).await;
    assert_eq!((counts.changed, counts.added, counts.unchanged), (1, 0, 1));
    assert_eq!(
        place(&city, "riverside-youth-club").await.profile.name,
        "Riverside Hub"
    );

    let no_kind = Bringing::list(&table(content), "x", &matching, " ").unwrap_err();
    assert!(no_kind.what.contains("what kind of place"), "{no_kind}");
    let no_name = Bringing::list(&table(content), " ", &matching, "school").unwrap_err();
    assert!(no_name.what.contains("no name"), "{no_name}");
    let mut wrong = Matching::new();
    wrong.insert(PlaceColumn::Name, "Nmae".to_owned());
    assert!(Bringing::list(&table(content), "x", &wrong, "school").is_err());
}

#[tokio::test]
async fn only_whoever_leads_the_network_brings_lists() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let head = city.leader("Tom Brearley", "Thornbeck").await;
    let file = register(&[KIRKFOLD]);
    let tried = import::apply(&city, &head, &file, &Wanted::default(), None).await;
    assert!(matches!(tried, Err(Error::NotAllowed { .. })));
    let tried = import::preview(&city, &Actor::public(), &file, &Wanted::default()).await;
    assert!(matches!(tried, Err(Error::SignIn)));
    done(&city, &Actor::operator(), &file).await;
}
