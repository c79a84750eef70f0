//! Keras' texts: `model.summary()`, the output of `fit`, and the files of CSVLogger.

use crate::model::Sequential;
use crate::training::callbacks::{CallbackAction, Event};
use crate::training::fit::Fit;
use crate::training::trainer::MetricValue;
use serde_json::Value as Json;

/// `model.summary()`, as Keras 3 prints it to a terminal. `optimizer`: how many numbers the optimizer's variables hold, from its
/// first step on.
pub fn summary(model: &Sequential, name: &str, optimizer: Option<usize>) -> String {
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
    let (all, trainable) = (model.n_parameters(), model.trainable().len());
    // The count of steps takes eight bytes, every other number four.
    let (n, size) = optimizer.map_or((0, 0), |n| (n, 4 * n + 4));
    let rows = [
        ("Total", all + n, 4 * all + size),
        ("Trainable", trainable, 4 * trainable),
        ("Non-trainable", all - trainable, 4 * (all - trainable)),
        ("Optimizer", n, size),
    ];
    let shown = if optimizer.is_some() { 4 } else { 3 };
    for (what, n, size) in &rows[..shown] {
        text += &format!(" {what} params: {} ({})\n", grouped(*n), bytes(*size));
    }
    text
}

/// The text of a cell in lines of at most `width` characters. Longer words are cut.
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

/// The output of `fit` for the kept epochs, without times, and with the lines of verbose callbacks.
pub fn log(fit: &Fit) -> String {
    let mut text = String::new();
    let n = fit.n_batches();
    for (epoch, row) in fit.logs_since(0) {
        let lines = |from: CallbackAction, to: CallbackAction| -> String {
            let some = fit.events().iter().filter(|e| e.epoch == epoch);
            some.filter(|e| (from..=to).contains(&e.action))
                .filter_map(event_line)
                .collect()
        };
        text += &lines(CallbackAction::Scheduled, CallbackAction::Scheduled);
        if fit.epochs() > 1 {
            text += &format!("Epoch {}/{}\n", epoch + 1, fit.epochs());
        }
        text += &lines(CallbackAction::Terminated, CallbackAction::Reduced);
        text += &format!("{n}/{n} {}", "━".repeat(20));
        let values = fit.names().iter().zip(row);
        let measured = values.filter_map(|(name, value)| Some((name, value?.mean())));
        for (i, (name, value)) in measured.enumerate() {
            text += if i == 0 { " " } else { " - " };
            text += &format!("{name}: {}", logged(value));
        }
        text += "\n";
        text += &lines(CallbackAction::Stopped, CallbackAction::Restored);
    }
    text
}

/// Keras' line for an action of a callback. `None`: it prints none.
pub fn event_line(event: &Event) -> Option<String> {
    let (epoch, value) = (event.epoch + 1, python_float(event.value));
    let best = event.value as usize + 1;
    Some(match event.action {
        CallbackAction::Scheduled => {
            format!("Epoch {epoch}: LearningRateScheduler setting learning rate to {value}.\n")
        }
        CallbackAction::Terminated => {
            format!("Batch {}: Invalid loss, terminating training\n", best - 1)
        }
        CallbackAction::Reduced => {
            format!("Epoch {epoch}: ReduceLROnPlateau reducing learning rate to {value}.\n")
        }
        CallbackAction::Kept => return None,
        CallbackAction::Stopped => format!("Epoch {epoch}: early stopping\n"),
        CallbackAction::Restored => {
            format!("Restoring model weights from the end of the best epoch: {best}.\n")
        }
    })
}

/// A number as Keras' progress bar prints it: four decimals, or four digits of a small one.
pub fn logged(value: f64) -> String {
    if !value.is_finite() {
        python_float(value)
    } else if value.abs() > 1e-3 {
        format!("{value:.4}")
    } else {
        python_exponent(&format!("{value:.4e}"))
    }
}

/// Rust's exponent as Python writes it, with a sign and two digits: "1e-7" as "1e-07".
fn python_exponent(text: &str) -> String {
    let Some((digits, exponent)) = text.split_once('e') else {
        return text.into();
    };
    let (sign, size) = match exponent.strip_prefix('-') {
        Some(size) => ('-', size),
        None => ('+', exponent),
    };
    format!("{digits}e{sign}{size:0>2}")
}

/// The file of the CSVLogger with this index among the callbacks. Its columns are the names in the logs of the first epoch.
pub fn csv(fit: &Fit, callback: usize, separator: &str) -> String {
    let (names, rows) = (fit.names(), fit.logs_before(callback));
    let Some((_, first)) = rows.first() else {
        return String::new();
    };
    let logged = names.iter().zip(first).filter(|(_, value)| value.is_some());
    let mut keys: Vec<String> = logged.map(|(name, _)| name.clone()).collect();
    keys.sort_unstable();
    if !keys.iter().any(|key| key.starts_with("val_")) {
        let validation: Vec<String> = keys.iter().map(|key| ["val_", key].concat()).collect();
        keys.extend(validation);
    }
    let mut text = String::new();
    put_cell(&mut text, "epoch", separator);
    for key in &keys {
        text += separator;
        put_cell(&mut text, key, separator);
    }
    text += "\r\n";
    for (epoch, row) in rows {
        put_cell(&mut text, &epoch.to_string(), separator);
        for key in &keys {
            let column = names.iter().position(|name| name == key);
            let value = match column.and_then(|i| row[i].as_ref()) {
                None => "NA".into(),
                Some(MetricValue::Number(value)) => python_float(*value),
                Some(MetricValue::List(list)) => {
                    let mut value = String::from("\"[");
                    for (i, number) in list.iter().enumerate() {
                        value += if i == 0 { "" } else { ", " };
                        value += &float32(*number);
                    }
                    value + "]\""
                }
            };
            text += separator;
            put_cell(&mut text, &value, separator);
        }
        text += "\r\n";
    }
    text
}

/// Appends a cell as Python's csv module writes it: in quotes if it contains a separator, a quote or a line break.
fn put_cell(line: &mut String, cell: &str, separator: &str) {
    if cell.contains(separator) || cell.contains(['"', '\r', '\n']) {
        *line += &format!("\"{}\"", cell.replace('"', "\"\""));
    } else {
        *line += cell;
    }
}

/// A number of single precision as NumPy 2.4 prints it: the shortest digits that identify it.
fn float32(value: f64) -> String {
    if !value.is_finite() || value == 0.0 {
        return python_float(value);
    }
    // As in `python_float`.
    let text = serde_json::to_string(&(value as f32)).unwrap_or_default();
    if (1e-4..1e6).contains(&value.abs()) {
        return text;
    }
    python_exponent(&format!("{:e}", value as f32))
}

/// A number as Python's `repr` prints it.
pub fn python_float(value: f64) -> String {
    if !value.is_finite() {
        let sign = if value < 0.0 { "-" } else { "" };
        return [sign, if value.is_nan() { "nan" } else { "inf" }].concat();
    }
    // serde_json breaks ties between two shortest decimals as Python does, to even digits; std does not:
    // -0.74091339111328125 is ...812 in Python and ...813 in `{:?}`.
    python_exponent(&Json::from(value).to_string())
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
