//! What is drawn from a number: options of any kind, and losses.

use super::functions::variations;
use glassbox::functions::activations;
use glassbox::functions::losses;
use glassbox::options::{ClassSpec, Kind};
use serde_json::{Map, Value as Json, json};

/// Draws from a list what a number says. 0 draws the first of every list, so that a failing case
/// shrinks to the plainest options.
#[derive(Clone, Debug)]
pub struct Pick(pub u64);

impl Pick {
    pub fn below(&mut self, n: usize) -> usize {
        if self.0 == 0 {
            return 0;
        }
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    pub fn of<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }

    /// One in four times a value.
    pub fn seldom(&mut self, value: Json) -> Json {
        if self.below(4) == 3 {
            value
        } else {
            Json::Null
        }
    }

    pub fn flag(&mut self) -> Json {
        json!(self.below(2) == 1)
    }

    pub fn no(&mut self) -> Json {
        json!(self.below(2) == 0)
    }

    pub fn activation(&mut self) -> Json {
        let all: Vec<Json> = activations::ALL
            .iter()
            .flat_map(|a| variations(a.class.name))
            .collect();
        self.of(&all)
    }

    pub fn regularizer(&mut self) -> Json {
        let chosen = self.of(&[
            json!("L2"),
            json!({"class_name": "L1", "config": {"l1": 0.125}}),
            json!({"class_name": "L1L2", "config": {"l1": 0.0625, "l2": 0.125}}),
            json!({"class_name": "L2", "config": {"l2": 0.25}}),
        ]);
        self.seldom(chosen)
    }

    /// Of a matrix: vectors that stand at right angles, too.
    pub fn matrix_regularizer(&mut self, rows: usize, columns: usize) -> Json {
        let mode = self.of(&["rows", "columns"]);
        let enough = if mode == "rows" { rows } else { columns } > 1;
        if enough && self.below(6) == 5 {
            let config = json!({"factor": 0.125, "mode": mode});
            return json!({"class_name": "OrthogonalRegularizer", "config": config});
        }
        self.regularizer()
    }

    pub fn seed(&mut self) -> usize {
        self.below(1000)
    }
}

/// Options as an object without those that are null.
pub fn options(json: Json) -> Json {
    let Json::Object(map) = json else {
        panic!("no options")
    };
    let given: Map<String, Json> = map.into_iter().filter(|(_, v)| !v.is_null()).collect();
    given.into()
}

/// A loss with drawn options.
pub fn loss(class: &str, pick: &mut Pick) -> Json {
    let entry: &ClassSpec = losses::ALL
        .iter()
        .map(|l| &l.class)
        .find(|e| e.class_name == class)
        .unwrap();
    let mut config = Map::new();
    for option in entry.all_options() {
        let values = match (&option.kind, option.name) {
            (Kind::Bool, _) => vec![json!(false), json!(true)],
            (Kind::OneOf(words) | Kind::OneOfHere(words, _), _) => {
                words.iter().map(|w| json!(w)).collect()
            }
            (_, "label_smoothing") => vec![json!(0.0), json!(0.125)],
            (_, "ignore_class") => vec![json!(null), json!(1), json!(-1)],
            (_, "axis") if ["Dice", "Tversky"].contains(&class) => vec![json!(null), json!(-1)],
            (_, "axis") => vec![json!(-1)],
            (_, "gamma") if class == "Circle" => vec![json!(8.0), json!(80.0)],
            (_, "gamma") => vec![json!(2.0), json!(1.5)],
            (_, "alpha" | "beta" | "margin") => vec![json!(0.25), json!(0.5)],
            (_, "delta") => vec![json!(1.0), json!(0.25)],
            (_, "q") => vec![json!(0.5), json!(0.75)],
            (_, name) => {
                panic!("tests/oracle/samples.rs has no values for {class}'s '{name}': add them")
            }
        };
        config.insert(option.name.into(), pick.of(&values));
    }
    json!({"class_name": class, "config": options(config.into())})
}
