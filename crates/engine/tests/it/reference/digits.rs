//! How closely every compared figure agreed, for whoever writes the page: with DIFFERENCE_REFERENCE_DIGITS naming a
//! folder, each file's check leaves `checked/{file}.csv` or `by hand/{file}.csv` there.

use std::path::Path;

use super::Item;

/// One line for each figure that was compared: its item, where the figure stands in the result, how far apart, how
/// far it may be.
pub fn write(standing: &str, file: &str, items: &[Item]) {
    let Some(folder) = std::env::var_os("DIFFERENCE_REFERENCE_DIGITS") else {
        return;
    };
    let folder = Path::new(&folder).join(standing);
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(file).with_extension("csv");
    let mut out = csv::Writer::from_path(&path).unwrap();
    out.write_record(["id", "what", "apart", "tolerance"])
        .unwrap();
    let number = |n: Option<f64>| n.map_or_else(String::new, |n| format!("{n:e}"));
    for item in items {
        for one in item.compared() {
            let (apart, tolerance) = (number(one.apart), number(one.tolerance));
            out.write_record([&item.id, &one.what, &apart, &tolerance])
                .unwrap();
        }
    }
    out.flush().unwrap();
}
