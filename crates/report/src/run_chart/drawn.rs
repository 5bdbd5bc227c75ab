//! What a chart draws of each point: its value, or what the chart judges instead of it.
//!
//! Who may call this: the drawing and the chart in characters, so that they show the same.

use engine::chart::figures::Figures;
use engine::chart::kinds::cusum;
use engine::chart::{Chart, Kind, Line, Phase, Point};

/// What is drawn of each point: its value, or what the chart judges instead of it.
pub(super) struct Drawn {
    /// Where each point's mark lies.
    pub values: Vec<f64>,
    /// The lines through the points.
    pub paths: Vec<Vec<f64>>,
    /// The limits that each point is judged by.
    pub ranges: Vec<Option<(f64, f64)>>,
    /// The centre of its phase.
    pub centres: Vec<Option<f64>>,
    /// The centre before its phase, while that one judges.
    pub old_centres: Vec<Option<f64>>,
}

impl Drawn {
    pub fn of(chart: &Chart, figures: &Figures) -> Self {
        let mut drawn = Self {
            values: chart
                .points
                .iter()
                .map(|p| p.ewma.unwrap_or(p.value))
                .collect(),
            paths: Vec::new(),
            ranges: Vec::new(),
            centres: Vec::new(),
            old_centres: Vec::new(),
        };
        for phase in &chart.phases {
            let (lower, upper) = match &phase.carried {
                Some(old) => (&old.lower, &old.upper),
                None => (&phase.lower, &phase.upper),
            };
            for i in 0..in_phase(chart, phase).count() {
                let at = |line: &Option<Line>| line.as_ref().and_then(|line| line.at(i));
                drawn.ranges.push(
                    at(lower)
                        .zip(at(upper))
                        .map(|limits| figures.usual_range(limits)),
                );
                drawn.centres.push(phase.centre.at(i));
                drawn
                    .old_centres
                    .push(phase.carried.as_ref().and_then(|old| old.centre.at(i)));
            }
        }
        drawn.paths = vec![drawn.values.clone()];
        if chart.kind == Kind::Cusum {
            drawn.sums(chart);
        }
        drawn
    }

    /// A CUSUM chart draws its two sums, what is below the average downwards.
    fn sums(&mut self, chart: &Chart) {
        let sums: Vec<(f64, f64)> = chart
            .points
            .iter()
            .map(|p| p.cusum.map_or((0.0, 0.0), |s| (s.above, -s.below)))
            .collect();
        self.values = sums
            .iter()
            .map(|(above, below)| if *above >= -below { *above } else { *below })
            .collect();
        self.paths = vec![
            sums.iter().map(|(above, _)| *above).collect(),
            sums.iter().map(|(_, below)| *below).collect(),
        ];
        self.ranges = vec![Some((-cusum::H, cusum::H)); sums.len()];
        self.centres = vec![Some(0.0); sums.len()];
        self.old_centres = vec![None; sums.len()];
    }
}

/// A phase's points, with their numbers in the chart.
pub(super) fn in_phase<'a>(
    chart: &'a Chart,
    phase: &'a Phase,
) -> impl Iterator<Item = (usize, &'a Point)> {
    chart
        .points
        .iter()
        .enumerate()
        .skip_while(|(_, point)| point.date != phase.from)
        .scan(false, |over, (i, point)| {
            let here = !*over;
            *over = *over || point.date == phase.to;
            here.then_some((i, point))
        })
}
