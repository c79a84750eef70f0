//! What Keras prints: `model.summary()` and the lines of `fit`.

use crate::callbacks::{Deed, Event};
use crate::choice;
use crate::fit::Fit;
use crate::model::Sequential;
use crate::order::sort;
use crate::trainer::MetricValue;

/// `model.summary()`, as Keras 3 prints it to a terminal. `optimizer`: how many numbers the variables of an optimizer
/// hold that has made a step; one that has made none is not counted.
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

/// What `fit` prints of the finished epochs, after the first `skip` ones, without the times that a clock
/// would add; its callbacks' lines as where they are verbose.
pub fn log(fit: &Fit, skip: usize) -> String {
    let mut text = String::new();
    let n = fit.n_batches();
    for (epoch, row) in fit.logs_since(skip) {
        let told = |from: Deed, to: Deed| -> String {
            let some = fit.events().iter().filter(|e| e.epoch == epoch);
            some.filter(|e| (from..=to).contains(&e.deed))
                .filter_map(event_line)
                .collect()
        };
        text += &told(Deed::Scheduled, Deed::Scheduled);
        if fit.epochs() > 1 {
            text += &format!("Epoch {}/{}\n", epoch + 1, fit.epochs());
        }
        text += &told(Deed::Terminated, Deed::Reduced);
        text += &format!("{n}/{n} {}", "━".repeat(20));
        let values = fit.names().iter().zip(row);
        let measured = values.filter_map(|(name, value)| Some((name, value?.mean())));
        for (i, (name, value)) in measured.enumerate() {
            text += if i == 0 { " " } else { " - " };
            text += &format!("{name}: {}", logged(value));
        }
        text += "\n";
        text += &told(Deed::Stopped, Deed::Restored);
    }
    text
}

/// The line that Keras prints of what a callback did; `None` where it prints none.
pub fn event_line(event: &Event) -> Option<String> {
    let (epoch, value) = (event.epoch + 1, python_float(event.value));
    let best = event.value as usize + 1;
    Some(match event.deed {
        Deed::Scheduled => {
            format!("Epoch {epoch}: LearningRateScheduler setting learning rate to {value}.\n")
        }
        Deed::Terminated => format!("Batch {}: Invalid loss, terminating training\n", best - 1),
        Deed::Reduced => {
            format!("Epoch {epoch}: ReduceLROnPlateau reducing learning rate to {value}.\n")
        }
        Deed::Kept => return None,
        Deed::Stopped => format!("Epoch {epoch}: early stopping\n"),
        Deed::Restored => {
            format!("Restoring model weights from the end of the best epoch: {best}.\n")
        }
    })
}

/// A number as Keras' progress bar prints it: four decimals, or four digits of a small one.
pub fn logged(value: f64) -> String {
    if !value.is_finite() {
        python_float(value)
    } else if value.abs() > 1e-3 {
        fixed(value, 4)
    } else {
        scientific(value, 4)
    }
}

/// Python's `f"{value:.2f}"`, with so many decimals.
///
/// From the shortest decimal digits, which serde_json's printer gives: the standard library's way
/// would cost the page four kilobytes more. The logged values come from f32, whose digits never end
/// on a tie that rounding twice could spoil, but for exact ones.
fn fixed(value: f64, decimals: i32) -> String {
    let (mut digits, mut point) = decimal(value);
    point += rounded(&mut digits, point + decimals);
    fixed_digits(value, &digits, point, decimals)
}

/// A number of these digits, of which so many stand before the point, with so many decimals.
fn fixed_digits(value: f64, digits: &[u8], point: i32, decimals: i32) -> String {
    let at = |i: i32| {
        digits
            .get(i as usize)
            .filter(|_| i >= 0)
            .map_or('0', |d| (b'0' + d) as char)
    };
    let whole: String = (0..point).map(at).collect();
    let part: String = (point..point + decimals).map(at).collect();
    let sign = if value < 0.0 { "-" } else { "" };
    format!(
        "{sign}{}.{part}",
        if whole.is_empty() { "0" } else { &whole }
    )
}

/// Python's `f"{value:.4e}"`, with so many decimals.
fn scientific(value: f64, decimals: i32) -> String {
    let (mut digits, mut point) = decimal(value);
    point += rounded(&mut digits, 1 + decimals);
    scientific_digits(value, &digits, point, decimals)
}

/// As [`fixed_digits`], with a power of ten.
fn scientific_digits(value: f64, digits: &[u8], point: i32, decimals: i32) -> String {
    let at = |i: i32| digits.get(i as usize).map_or('0', |d| (b'0' + d) as char);
    let part: String = (1..=decimals).map(at).collect();
    let exponent = if digits.is_empty() { 0 } else { point - 1 };
    let sign = if value < 0.0 { "-" } else { "" };
    let dot = if decimals > 0 { "." } else { "" };
    let way = if exponent < 0 { '-' } else { '+' };
    format!("{sign}{}{dot}{part}e{way}{:02}", at(0), exponent.abs())
}

/// The decimal digits of a number's size, and how many of them stand before the point: 0.0012 is
/// ([1, 2], -2). No digits for 0.
fn decimal(value: f64) -> (Vec<u8>, i32) {
    let text = choice::text(&value.abs().into());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: Vec<u8> = whole
        .bytes()
        .chain(part.bytes())
        .map(|d| d - b'0')
        .collect();
    let leading = digits.iter().take_while(|d| **d == 0).count();
    let point = whole.len() as i32 + exponent.parse::<i32>().unwrap_or(0) - leading as i32;
    (digits[leading..].to_vec(), point)
}

/// Cuts the digits to `n`, half to even; 1 where a digit more came about (9.99 -> 10.0).
fn rounded(digits: &mut Vec<u8>, n: i32) -> i32 {
    let Ok(n) = usize::try_from(n) else {
        digits.clear();
        return 0;
    };
    if digits.len() <= n {
        return 0;
    }
    let rest = digits.split_off(n);
    let above = rest[0] > 5 || rest[0] == 5 && rest[1..].iter().any(|d| *d > 0);
    let odd = digits.last().is_some_and(|d| d % 2 == 1);
    let up = above || rest[0] == 5 && odd;
    if !up {
        return 0;
    }
    for digit in digits.iter_mut().rev() {
        *digit += 1;
        if *digit < 10 {
            return 0;
        }
        *digit = 0;
    }
    digits.insert(0, 1);
    1
}

/// What the CSVLogger with this number among the callbacks has written of the finished epochs: its columns are
/// the names that it sees in the first of them.
pub fn csv(fit: &Fit, callback: usize, separator: &str) -> String {
    let (names, rows) = (fit.names(), fit.logs_before(callback));
    let Some((_, first)) = rows.first() else {
        return String::new();
    };
    let logged = names.iter().zip(first).filter(|(_, value)| value.is_some());
    let mut keys: Vec<String> = logged.map(|(name, _)| name.clone()).collect();
    sort(&mut keys, |a, b| a < b);
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

/// Adds a cell as Python's csv module writes it: in quotes where it would be read as several. (Bytes, because std's
/// search for a text costs the page three kilobytes.)
#[inline(never)]
fn put_cell(line: &mut String, cell: &str, separator: &str) {
    let (bytes, separator) = (cell.as_bytes(), separator.as_bytes());
    let parted = bytes
        .windows(separator.len().max(1))
        .any(|part| part == separator);
    if !parted && !bytes.iter().any(|c| b"\"\r\n".contains(c)) {
        line.push_str(cell);
        return;
    }
    // A quote ends one part and begins the next: it stands twice.
    let mut from = 0;
    line.push('"');
    for (i, c) in bytes.iter().enumerate() {
        if *c == b'"' {
            line.push_str(&cell[from..=i]);
            from = i;
        }
    }
    line.push_str(&cell[from..]);
    line.push('"');
}

/// A number of single precision as NumPy 2.4 prints it: the fewest digits that are no other number's.
fn float32(value: f64) -> String {
    if !value.is_finite() || value == 0.0 {
        return python_float(value);
    }
    let (all, at) = decimal(value);
    let (mut digits, mut point) = (all.clone(), at);
    for n in 1..=9 {
        digits.clone_from(&all);
        point = at + rounded(&mut digits, n);
        let whole = digits.iter().fold(0.0, |sum, d| sum * 10.0 + f64::from(*d));
        let exponent = point - digits.len() as i32;
        let power = (0..exponent.abs()).fold(1.0, |power, _| power * 10.0);
        let read = if exponent < 0 {
            whole / power
        } else {
            whole * power
        };
        if read as f32 == value.abs() as f32 {
            break;
        }
    }
    while digits.last() == Some(&0) {
        digits.pop();
    }
    let n = digits.len() as i32;
    if (1e-4..1e6).contains(&value.abs()) {
        let decimals = if n > point { n - point } else { 1 };
        return fixed_digits(value, &digits, point, decimals);
    }
    scientific_digits(value, &digits, point, n - 1)
}

/// A number as Python's `repr` prints it.
pub fn python_float(value: f64) -> String {
    if !value.is_finite() {
        let sign = if value < 0.0 { "-" } else { "" };
        return [sign, if value.is_nan() { "nan" } else { "inf" }].concat();
    }
    let text = choice::text(&value.into());
    // JSON's printer gives the same digits, and an exponent without sign or leading zero.
    match text.split_once('e') {
        None => text,
        Some((digits, exponent)) => {
            let digits = digits.strip_suffix(".0").unwrap_or(digits);
            let (sign, size) = match exponent.strip_prefix('-') {
                Some(size) => ('-', size),
                None => ('+', exponent),
            };
            format!("{digits}e{sign}{size:0>2}")
        }
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
            return format!("{} {unit}", fixed(size, 2));
        }
        size /= 1024.0;
    }
    format!("{} TB", fixed(size, 2))
}
