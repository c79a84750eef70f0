//! What was compared in all, and whether that was enough.

use super::cases::Case;
use super::check::{Found, Outcome, compare};
use glassbox::options::{ClassSpec, Kind, OptionSpec};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// What was compared, and with which layers, options, activations and losses.
#[derive(Default)]
pub struct Tally {
    pub models: usize,
    too_near: usize,
    not_finite: usize,
    found: Found,
    /// Of every option the values, and how often it was given.
    seen: BTreeMap<String, BTreeSet<String>>,
    given: BTreeMap<String, usize>,
    /// Of every layer, activation and loss how many there were.
    pub counts: BTreeMap<String, usize>,
}

impl Tally {
    /// Compares a case. Ok(false): left out.
    pub fn add(&mut self, case: &Case) -> Result<bool, String> {
        let outcome = compare(case);
        let outcome = outcome.map_err(|why| format!("{why}\nin {:#?}\n{case:?}", case.model()))?;
        match outcome {
            Outcome::TooNear => self.too_near += 1,
            Outcome::NotFinite => self.not_finite += 1,
            Outcome::Compared(found) => {
                self.models += 1;
                self.count(case);
                let all = &mut self.found;
                all.arrays += found.arrays;
                all.over_smooth += found.over_smooth;
                all.at_the_floor += found.at_the_floor;
                all.directions += found.directions;
                all.kinks += found.kinks;
                all.difference = all.difference.max(found.difference);
                all.array = all.array.max(found.array);
                all.output = all.output.max(found.output);
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn count(&mut self, case: &Case) {
        let layers = case.model().layers;
        let parts = layers.iter().map(|(layer, _)| layer).chain([&case.loss]);
        for part in parts {
            self.note(part);
        }
    }

    /// Counts a class, its options and what stands inside.
    fn note(&mut self, part: &Json) {
        let class = part["class_name"].as_str().or(part.as_str());
        let Some(class) = class else { return };
        *self.counts.entry(class.to_string()).or_default() += 1;
        for (option, value) in part["config"].as_object().into_iter().flatten() {
            let path = format!("{class}.{option}");
            *self.given.entry(path.clone()).or_default() += 1;
            self.seen.entry(path).or_default().insert(value.to_string());
            if option.contains("activation") || option.contains("layer") {
                self.note(value);
            }
        }
    }

    pub fn report(&self, what: &str) {
        let f = &self.found;
        println!(
            "{what}: {} models ({} too near a kink, {} not finite); {} directions ({} across a kink), \
             worst difference {:.1e}; {} arrays ({} over 1e-6, {} at float32's floor), worst {:.1e}; \
             worst output {:.1e}",
            self.models,
            self.too_near,
            self.not_finite,
            f.directions,
            f.kinks,
            f.difference,
            f.arrays,
            f.over_smooth,
            f.at_the_floor,
            f.array,
            f.output
        );
        let all = self.models + self.too_near + self.not_finite;
        assert!(
            (self.too_near + self.not_finite) * 10 <= all,
            "{what}: too many cases were left out"
        );
        assert!(
            f.kinks * 20 <= f.directions,
            "{what}: too many directions were left out"
        );
        assert!(
            f.at_the_floor * 25 <= f.arrays,
            "{what}: too many arrays at float32's floor"
        );
    }
}

/// Options that change no gradient.
fn is_plain(option: &OptionSpec) -> bool {
    let name = option.name;
    matches!(
        option.kind,
        Kind::Fixed(_) | Kind::OneOfHere(["channels_last"], _)
    ) || name.ends_with("_initializer")
        || name.ends_with("_constraint")
        || ["seed", "momentum"].contains(&name)
}

/// Fails unless every option of a class that changes gradients was tried with several values.
pub fn assert_options(tally: &Tally, entry: &ClassSpec) {
    for option in entry.all_options().filter(|o| !is_plain(o)) {
        let (class, name) = (entry.class_name, option.name);
        // The last axis by its other names changes nothing (tests/targets.rs).
        let last_axis =
            name == "axis" && (class.ends_with("rossentropy") || class == "CosineSimilarity");
        let one_value = last_axis || matches!(option.kind, Kind::Int(a, b) if a == b);
        let seen = tally
            .seen
            .get(&format!("{class}.{name}"))
            .map_or(0, BTreeSet::len);
        // An option that is at times not given has been tried with its default, too.
        let tried = tally.counts.get(class).copied().unwrap_or(0);
        let given = tally
            .given
            .get(&format!("{class}.{name}"))
            .copied()
            .unwrap_or(0);
        let several = seen >= 2 || seen == 1 && given < tried;
        assert!(
            several || one_value,
            "the option '{name}' of {class} is tried with one value at most: give it several in \
             tests/oracle/samples.rs"
        );
    }
}
