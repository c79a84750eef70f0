//! Reaches: glu halves what it is given, as a layer of its own and nowhere else.

use glassbox::model::Sequential;
use glassbox::model::config::ModelConfig;
use serde_json::{Value as Json, json};

fn build(layers: Json, input: usize) -> Result<Sequential, String> {
    let config = ModelConfig::read(&json!({"layers": layers})).map_err(|r| r.to_string())?;
    Sequential::build(&config, &vec![input], 1).map_err(|r| r.to_string())
}

#[test]
fn reaches_half_the_numbers_from_a_layer_of_its_own() {
    let layers = json!([{"class_name": "Activation", "config": {"activation": "glu"}}]);
    let model = build(layers.clone(), 6).expect("an even row");
    assert_eq!(model.output_shape(), &vec![3]);
    let refusal = build(layers, 5).err().expect("an odd row");
    assert!(refusal.contains("even"), "{refusal}");
}

#[test]
fn reaches_a_sentence_where_it_stands_inside_of_a_layer() {
    for class in ["Dense", "LSTM"] {
        let config = json!({"units": 4, "activation": "glu"});
        let layers = json!([
            {"class_name": "Reshape", "config": {"target_shape": [3, 2]}},
            {"class_name": class, "config": config},
        ]);
        let refusal = build(layers, 6).err().expect("a refusal");
        assert!(
            refusal.contains("add an Activation layer with glu"),
            "{refusal}"
        );
        assert!(refusal.contains("activation"), "{refusal}");
    }
}
