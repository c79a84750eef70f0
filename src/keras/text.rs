//! What Keras prints: `model.summary()` and the lines of `fit`.

use crate::model::Sequential;

/// `model.summary()` of a model that has not been trained yet, as Keras 3 prints it to a terminal.
pub fn summary(model: &Sequential, name: &str) -> String {
    let mut rows: Vec<[String; 3]> = Vec::new();
    for (i, (layer_name, class, layer)) in model.layers().enumerate() {
        let sizes: Vec<String> = layer.output_shape().iter().map(usize::to_string).collect();
        let shape = format!("(None, {})", sizes.join(", "));
        let params = model
            .table()
            .iter()
            .filter(|p| p.layer == i)
            .map(|p| p.span.len())
            .sum();
        rows.push([format!("{layer_name} ({class})"), shape, grouped(params)]);
    }
    let header = ["Layer (type)", "Output Shape", "Param #"];
    let widths = [31, 22, 13]; // Keras' own, in a terminal of 80 columns
    let line = |left: char, fill: char, cross: char, right: char| {
        let parts = widths.map(|w| fill.to_string().repeat(w + 2));
        format!("{left}{}{right}\n", parts.join(&cross.to_string()))
    };
    let cells = |bar: char, cells: [&str; 3]| {
        let lines: Vec<Vec<String>> = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| wrapped(cell, width))
            .collect();
        let height = lines.iter().map(Vec::len).max().unwrap_or(0);
        let part = |column: usize, i: usize| lines[column].get(i).map_or("", String::as_str);
        let row = |i: usize| {
            let [a, b, c] = widths;
            let (name, shape, params) = (part(0, i), part(1, i), part(2, i));
            format!("{bar} {name:<a$} {bar} {shape:<b$} {bar} {params:>c$} {bar}\n")
        };
        (0..height).map(row).collect::<String>()
    };
    let mut text = format!("Model: \"{name}\"\n");
    text += &line('┏', '━', '┳', '┓');
    text += &cells('┃', header);
    text += &line('┡', '━', '╇', '┩');
    for (i, row) in rows.iter().enumerate() {
        if i > 0 {
            text += &line('├', '─', '┼', '┤');
        }
        text += &cells('│', [&row[0], &row[1], &row[2]]);
    }
    text += &line('└', '─', '┴', '┘');
    let trainable = model.trainable().len();
    for (what, n) in [
        ("Total", model.n_parameters()),
        ("Trainable", trainable),
        ("Non-trainable", model.n_parameters() - trainable),
    ] {
        text += &format!(" {what} params: {} ({})\n", grouped(n), bytes(4 * n));
    }
    text
}

/// A cell's text in lines of at most `width` characters; a word that is too long loses its end.
fn wrapped(cell: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in cell.split(' ') {
        let n = word.chars().count();
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + n <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ if n <= width => lines.push(word.to_string()),
            _ => lines.push(word.chars().take(width - 1).chain("…".chars()).collect()),
        }
    }
    lines
}

/// The two lines that `fit` leaves of a finished epoch, without the times that a clock would add.
/// `values`: name and value in the order of the logs.
pub fn epoch_lines<'a>(
    epoch: usize,
    epochs: usize,
    n_batches: usize,
    values: impl Iterator<Item = (&'a str, f64)>,
) -> String {
    let bar = "━".repeat(20);
    let mut text = format!(
        "Epoch {}/{epochs}\n{n_batches}/{n_batches} {bar}",
        epoch + 1
    );
    for (i, (name, value)) in values.filter(|(_, v)| !v.is_nan()).enumerate() {
        text += if i == 0 { " " } else { " - " };
        text += &format!("{name}: {}", logged(value));
    }
    text + "\n"
}

/// A number as Keras' progress bar prints it: four decimals, or four digits of a small one.
pub fn logged(value: f64) -> String {
    if value.abs() > 1e-3 {
        return format!("{value:.4}");
    }
    let text = format!("{value:.4e}"); // Rust: 1.5e-4, Python: 1.5000e-04
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let n: i32 = exponent.parse().unwrap_or(0);
            format!("{digits}e{}{:02}", if n < 0 { '-' } else { '+' }, n.abs())
        }
        None => text,
    }
}

/// 10431 as "10,431".
pub fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A size as Keras' summary prints it.
fn bytes(n: usize) -> String {
    let mut size = n as f64;
    for unit in ["B", "KB", "MB", "GB"] {
        if size < 1024.0 {
            return format!("{size:.2} {unit}");
        }
        size /= 1024.0;
    }
    format!("{size:.2} TB")
}
