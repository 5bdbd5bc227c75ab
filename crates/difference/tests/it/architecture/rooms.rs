//! Which room may know which, and under which licence it stands.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};

const PERMISSIVE: &str = "MIT OR Apache-2.0";
const COPYLEFT: &str = "AGPL-3.0-or-later";

/// A room, the rooms that it may open the door of, and its licence.
struct Room {
    name: &'static str,
    may_know: &'static [&'static str],
    licence: &'static str,
}

const ROOMS: &[Room] = &[
    Room {
        name: "difference-engine",
        may_know: &[],
        licence: PERMISSIVE,
    },
    Room {
        name: "difference-tables",
        may_know: &["difference-engine"],
        licence: PERMISSIVE,
    },
    Room {
        name: "difference-report",
        may_know: &["difference-engine"],
        licence: PERMISSIVE,
    },
    Room {
        name: "difference-browser",
        may_know: &[
            "difference-engine",
            "difference-tables",
            "difference-report",
        ],
        licence: PERMISSIVE,
    },
    Room {
        name: "difference-network",
        may_know: &["difference-engine", "difference-tables"],
        licence: COPYLEFT,
    },
    Room {
        name: "difference-web",
        may_know: &[
            "difference-network",
            "difference-engine",
            "difference-tables",
            "difference-report",
        ],
        licence: COPYLEFT,
    },
    Room {
        name: "difference",
        may_know: &[
            "difference-engine",
            "difference-tables",
            "difference-report",
            "difference-network",
            "difference-web",
        ],
        licence: COPYLEFT,
    },
    Room {
        name: "difference-testkit",
        may_know: &["difference-network", "difference-web", "difference-engine"],
        licence: COPYLEFT,
    },
    Room {
        name: "difference-calibration",
        may_know: &["difference-engine"],
        licence: COPYLEFT,
    },
    Room {
        name: "difference-fuzzing",
        may_know: &[
            "difference-engine",
            "difference-tables",
            "difference-calibration",
        ],
        licence: COPYLEFT,
    },
    Room {
        name: "xtask",
        may_know: &[
            "difference-engine",
            "difference-tables",
            "difference-report",
            "difference-calibration",
        ],
        licence: COPYLEFT,
    },
];

fn metadata() -> Metadata {
    MetadataCommand::new()
        .current_dir(super::files::root())
        .exec()
        .expect("cargo describes the workspace")
}

fn ours(metadata: &Metadata) -> BTreeMap<String, &Package> {
    metadata
        .workspace_packages()
        .into_iter()
        .map(|package| (package.name.to_string(), package))
        .collect()
}

/// Names that a package asks for itself, in its own Cargo.toml.
fn asks_for(package: &Package, kinds: &[DependencyKind]) -> BTreeSet<String> {
    package
        .dependencies
        .iter()
        .filter(|dependency| kinds.contains(&dependency.kind))
        .map(|dependency| dependency.name.clone())
        .collect()
}

/// Everything that is built into a package, however far away, for any target.
fn built_into(metadata: &Metadata, package: &PackageId) -> BTreeSet<String> {
    let graph = metadata.resolve.as_ref().unwrap();
    let mut seen = BTreeSet::from([package.clone()]);
    let mut waiting = vec![package.clone()];
    while let Some(id) = waiting.pop() {
        let node = graph.nodes.iter().find(|node| node.id == id).unwrap();
        for dependency in &node.deps {
            let is_built = dependency
                .dep_kinds
                .iter()
                .any(|kind| kind.kind == DependencyKind::Normal);
            if is_built && seen.insert(dependency.pkg.clone()) {
                waiting.push(dependency.pkg.clone());
            }
        }
    }
    metadata
        .packages
        .iter()
        .filter(|candidate| seen.contains(&candidate.id))
        .map(|candidate| candidate.name.to_string())
        .collect()
}

#[test]
fn every_room_is_on_the_plan() {
    let metadata = metadata();
    let built: BTreeSet<String> = ours(&metadata).into_keys().collect();
    let planned: BTreeSet<String> = ROOMS.iter().map(|room| room.name.to_owned()).collect();
    assert_eq!(
        built, planned,
        "a new room needs a line in ARCHITECTURE.md and in this test"
    );
}

#[test]
fn the_plan_is_what_architecture_md_says() {
    let text = super::files::text("ARCHITECTURE.md".as_ref()).unwrap();
    let table = text.split("\n## Rooms\n").nth(1).unwrap();
    let rows: Vec<Vec<&str>> = table
        .lines()
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    for room in ROOMS {
        let name = format!("`{}`", room.name);
        let row = rows
            .iter()
            .find(|row| row.get(1).is_some_and(|first| first.contains(&name)))
            .unwrap();
        let [_, _, _, may_know, licence, _] = row.as_slice() else {
            unreachable!("a room has a name, a responsibility, what it may know, and a licence");
        };
        let written: BTreeSet<&str> = may_know.split(", ").filter(|n| *n != "nothing").collect();
        let held: BTreeSet<&str> = room
            .may_know
            .iter()
            .map(|known| known.trim_start_matches("difference-"))
            .collect();
        assert_eq!(written, held, "{}", room.name);
        assert_eq!(*licence, room.licence, "{}", room.name);
    }
}

#[test]
fn a_room_opens_only_the_doors_that_it_may() {
    let metadata = metadata();
    let rooms = ours(&metadata);
    for room in ROOMS {
        let kinds = [DependencyKind::Normal, DependencyKind::Build];
        for wanted in asks_for(rooms[room.name], &kinds) {
            assert!(
                !rooms.contains_key(&wanted) || room.may_know.contains(&wanted.as_str()),
                "{} may not depend on {wanted}",
                room.name
            );
        }
    }
}

#[test]
fn nothing_depends_on_the_binary() {
    let metadata = metadata();
    for (name, package) in ours(&metadata) {
        let every_kind = [
            DependencyKind::Normal,
            DependencyKind::Build,
            DependencyKind::Development,
        ];
        assert!(
            !asks_for(package, &every_kind).contains("difference"),
            "{name} depends on the binary"
        );
    }
}

#[test]
fn the_engine_the_tables_and_the_reports_never_see_the_network() {
    let metadata = metadata();
    let rooms = ours(&metadata);
    for name in [
        "difference-engine",
        "difference-tables",
        "difference-report",
        "difference-browser",
    ] {
        let built = built_into(&metadata, &rooms[name].id);
        for never in ["tokio", "sea-orm", "sqlx", "axum", "hyper", "rand"] {
            assert!(!built.contains(never), "{name} has {never} built into it");
        }
    }
}

#[test]
fn only_the_network_sees_the_database_and_only_the_web_sees_http() {
    let metadata = metadata();
    let every_kind = [
        DependencyKind::Normal,
        DependencyKind::Build,
        DependencyKind::Development,
    ];
    for (name, package) in ours(&metadata) {
        for wanted in asks_for(package, &every_kind) {
            let keeper = match wanted.as_str() {
                "sea-orm" | "sea-orm-migration" | "sqlx" | "rusqlite" => "difference-network",
                // The test app speaks to the router without a socket; it is never shipped.
                "axum" | "tower" if name == "difference-testkit" => continue,
                "axum" | "axum-extra" | "tower" | "tower-http" | "askama" => "difference-web",
                _ => continue,
            };
            assert_eq!(name, keeper, "{name} may not see {wanted}");
        }
    }
}

#[test]
fn the_test_app_is_never_shipped() {
    let metadata = metadata();
    let built = built_into(&metadata, &ours(&metadata)["difference"].id);
    assert!(!built.contains("difference-testkit"));
    assert!(!built.contains("xtask"));
}

#[test]
fn each_room_stands_under_its_licence() {
    let metadata = metadata();
    let rooms = ours(&metadata);
    for room in ROOMS {
        assert_eq!(
            rooms[room.name].license.as_deref(),
            Some(room.licence),
            "{}",
            room.name
        );
    }
}

#[test]
fn what_is_built_in_may_be_given_away_under_our_licences() {
    // Enough to say yes to each; a licence expression is taken when one of its choices is here.
    let accepted = [
        "MIT",
        "Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "Zlib",
        "0BSD",
        "CC0-1.0",
        "Unlicense",
        "Unicode-3.0",
        "BSL-1.0",
        "MPL-2.0",
        "MIT-0",
    ];
    let metadata = metadata();
    let built = built_into(&metadata, &ours(&metadata)["difference"].id);
    for package in &metadata.packages {
        if package.source.is_none() || !built.contains(package.name.as_str()) {
            continue;
        }
        let expression = package.license.clone().unwrap_or_default();
        let plain = expression.replace(['(', ')'], "").replace('/', " OR ");
        let agreed = plain.split(" AND ").all(|part| {
            part.split(" OR ")
                .any(|choice| accepted.contains(&choice.trim()))
        });
        assert!(
            agreed,
            "{} {} stands under {expression:?}",
            package.name, package.version
        );
    }
}
