//! Oracle: what Keras prints (`tests/keras/texts.json`, made by `tests/keras/texts.py`).

use glassbox::config::ModelConfig;
use glassbox::keras::text;
use glassbox::model::Sequential;
use serde_json::Value as Json;

fn texts() -> Json {
    serde_json::from_str(include_str!("keras/texts.json")).expect("the file is JSON")
}

#[test]
fn oracle_summaries_are_those_of_keras() {
    for model in texts()["models"].as_array().expect("a list") {
        let config = ModelConfig::read(&model["config"]).expect("a model of this engine");
        let shape = config.input_shape.clone().expect("an input layer");
        let built = Sequential::build(&config, &shape, 0).expect("a model that can be built");
        let wanted = model["summary"].as_str().expect("a text");
        let got = text::summary(&built, "sequential");
        assert_eq!(got.trim_end(), wanted.trim_end(), "\n{got}\n{wanted}");
    }
}

#[test]
fn oracle_logged_numbers_are_those_of_keras() {
    for number in texts()["logged"].as_array().expect("a list") {
        let value = number["value"].as_f64().expect("a number");
        assert_eq!(
            text::logged(value),
            number["text"].as_str().expect("a text")
        );
    }
}
