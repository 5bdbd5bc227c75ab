//! Invented pupils.

/// A pupil.
#[derive(Clone)]
pub struct Pupil {
    pub upn: String,
    pub forename: &'static str,
    pub surname: &'static str,
    pub class: &'static str,
    /// Whether in the intervention.
    pub treated: bool,
    pub pp: bool,
    pub sen: &'static str,
    pub girl: bool,
    /// Year, month, day of birth.
    pub born: (u16, u8, u8),
    pub before: i32,
    pub after: i32,
}

const FORENAMES: [&str; 30] = [
    "Amina", "Tom", "Zofia", "Idris", "Grace", "Kofi", "Maisie", "Yusuf", "Ella", "Callum",
    "Priya", "Noah", "Fatima", "Leon", "Hannah", "Jakub", "Ruby", "Omar", "Niamh", "Theo",
    "Aaliyah", "Max", "Chloé", "Bilal", "Zoë", "Ryan", "Sana", "Oskar", "Molly", "Dev",
];
const SURNAMES: [&str; 29] = [
    "Rashid",
    "Fletcher",
    "Nowak",
    "Bello",
    "Hartley",
    "Mensah",
    "Sykes",
    "Demir",
    "Brearley",
    "O’Brien",
    "Patel",
    "Holroyd",
    "Khan",
    "Whitaker",
    "Lund",
    "Kowalski",
    "Ackroyd",
    "Farouk",
    "Byrne",
    "Greenwood",
    "Hussain",
    "Rivers",
    "Lefèvre",
    "Shah",
    "Müller",
    "Barraclough",
    "Iqbal",
    "Sørensen",
    "Tordoff",
];

/// A small generator of numbers that come out the same everywhere.
pub struct Lots(u64);

impl Lots {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2_654_435_761).wrapping_add(97))
    }
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
    fn small(&mut self, n: u64) -> i32 {
        i32::try_from(self.below(n)).unwrap_or(0)
    }
    /// Bell-shaped, from −18 to 18.
    fn bell(&mut self) -> i32 {
        (0..6).map(|_| self.small(7) - 3).sum()
    }
}

/// `n` pupils in these classes, drawn one by one within each.
pub fn drawn_within(seed: u64, n: usize, classes: &[&'static str]) -> Vec<Pupil> {
    pupils(seed, n, classes, |place, _| place % 2 == 0)
}

/// `n` pupils in these classes; every other class is treated as a whole.
pub fn drawn_by_class(seed: u64, n: usize, classes: &[&'static str]) -> Vec<Pupil> {
    pupils(seed, n, classes, |_, class| class % 2 == 0)
}

fn pupils(
    seed: u64,
    n: usize,
    classes: &[&'static str],
    treated: impl Fn(usize, usize) -> bool,
) -> Vec<Pupil> {
    let mut lots = Lots::new(seed);
    (0..n)
        .map(|i| {
            let class = i * classes.len() / n;
            let treated = treated(i, class);
            let before = 100 + lots.bell();
            let gain = if treated { 3 } else { 0 };
            let number = seed * 1_000 + u64::try_from(i).unwrap_or(0);
            Pupil {
                upn: upn(number),
                forename: FORENAMES
                    .get((i * 7 + usize::try_from(seed).unwrap_or(0)) % 30)
                    .unwrap_or(&"Sam"),
                surname: SURNAMES
                    .get((i * 11 + usize::try_from(seed).unwrap_or(0)) % 29)
                    .unwrap_or(&"Hill"),
                class: classes.get(class).unwrap_or(&"4A"),
                treated,
                pp: lots.below(10) < 3,
                sen: ["N", "N", "N", "N", "K", "E"]
                    .get(usize::try_from(lots.below(6)).unwrap_or(0))
                    .unwrap_or(&"N"),
                girl: lots.below(2) == 0,
                born: (
                    2017,
                    u8::try_from(1 + lots.below(12)).unwrap_or(1),
                    u8::try_from(1 + lots.below(28)).unwrap_or(1),
                ),
                before,
                after: before / 2 + 52 + gain + lots.small(13) - 6,
            }
        })
        .collect()
}

/// A UPN of the invented authority 999.
fn upn(number: u64) -> String {
    let digits = format!("999{number:09}");
    let sum: u64 = digits
        .bytes()
        .zip(2_u64..)
        .map(|(digit, weight)| u64::from(digit - b'0') * weight)
        .sum();
    let letter = "ABCDEFGHJKLMNPQRTUVWXYZ"
        .chars()
        .nth(usize::try_from(sum % 23).unwrap_or(0));
    format!("{}{digits}", letter.unwrap_or('A'))
}

impl Pupil {
    pub fn name(&self) -> String {
        format!("{} {}", self.forename, self.surname)
    }
    pub fn group(&self, intervention: &str, comparison: &str) -> String {
        if self.treated {
            intervention
        } else {
            comparison
        }
        .to_owned()
    }
    pub fn yes_no(yes: bool) -> String {
        if yes { "Yes" } else { "No" }.to_owned()
    }
    pub fn birthday(&self) -> String {
        let (year, month, day) = self.born;
        format!("{day:02}/{month:02}/{year}")
    }
}
