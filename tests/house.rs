//! Reaches: the sources keep to their rooms. What a room may use is a table here; a new file in `src/`
//! fails until it says what it uses.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Room, rooms that it may use, why no others.
const ROOMS: &[(&str, &[&str], &str)] = &[
    ("numerics", &[], "numbers stand on nothing else"),
    ("options", &[], "the reader of options knows no class"),
    (
        "kernels",
        &["numerics"],
        "a kernel sees slices: it does not know that layers exist",
    ),
    (
        "functions",
        &["kernels", "numerics", "options"],
        "a function of numbers does not know what it is part of",
    ),
    (
        "layers",
        &["functions", "kernels", "numerics", "options"],
        "a layer knows neither the model nor how it is trained",
    ),
    (
        "model",
        &["kernels", "layers", "numerics", "options"],
        "a model knows nothing of optimizers, losses, data or time",
    ),
    (
        "training",
        &["functions", "kernels", "model", "numerics", "options"],
        "training does not know where its data comes from",
    ),
    (
        "data",
        &["kernels", "numerics", "options"],
        "a data set does not know what is done with it",
    ),
    (
        "experiment",
        &[
            "data",
            "functions",
            "layers",
            "model",
            "options",
            "training",
        ],
        "an experiment is names and numbers: nothing in it runs",
    ),
    (
        "keras",
        &[
            "experiment",
            "functions",
            "layers",
            "model",
            "options",
            "training",
        ],
        "Keras' text follows from the experiment, its model and its history",
    ),
    (
        "run",
        &[
            "data",
            "experiment",
            "functions",
            "kernels",
            "keras",
            "layers",
            "model",
            "numerics",
            "options",
            "training",
        ],
        "a run knows no JavaScript",
    ),
    (
        "doctor",
        &[
            "data",
            "experiment",
            "functions",
            "kernels",
            "layers",
            "model",
            "options",
            "run",
            "training",
        ],
        "a diagnosis is made of an experiment and its run",
    ),
];

/// The face to JavaScript may use every room.
const FACE: &str = "wasm";

/// Words that stand in no source but the face's, and why.
const NOT_IN_THE_CORE: &[(&str, &str)] = &[
    ("wasm_bindgen", "JavaScript is met in wasm/ alone"),
    ("js_sys", "JavaScript is met in wasm/ alone"),
    ("web_sys", "JavaScript is met in wasm/ alone"),
    (
        "Instant",
        "a run is a function of its experiment: the core reads no clock",
    ),
    (
        "SystemTime",
        "a run is a function of its experiment: the core reads no clock",
    ),
];

/// Words that stand in no source at all, and why.
const NOWHERE: &[(&str, &str)] = &[
    ("println", "the core prints nothing"),
    ("print", "the core prints nothing"),
    ("eprintln", "the core prints nothing"),
    ("eprint", "the core prints nothing"),
    ("dbg", "the core prints nothing"),
    ("todo", "make places, not stubs"),
    ("unimplemented", "make places, not stubs"),
    (
        "unwrap",
        "below the refusals nothing panics: say what else happens",
    ),
    (
        "expect",
        "below the refusals nothing panics: say what else happens",
    ),
    (
        "HashMap",
        "its order differs from run to run: take a BTreeMap or a list",
    ),
    (
        "HashSet",
        "its order differs from run to run: take a BTreeSet or a list",
    ),
    ("thread_local", "no state outlives its owner"),
    ("mul_add", "rounds once or twice, as the target likes"),
];

/// Words of a home-made language in lower case, and the field's own in their place.
const BANNED: &[(&str, &str)] = &[
    ("absorb", "append"),
    ("anew", "again"),
    ("begun", "started, or the value at first"),
    ("chosenbefore", "previousSelection"),
    ("deed", "action"),
    ("deeds", "actions"),
    ("goeson", "continues"),
    ("hands on", "passes on"),
    ("inshort", "summarize"),
    ("kin", "family"),
    ("lends", "borrows, with the borrower as the subject"),
    ("likewise", "also"),
    ("litof", "unitRefOf"),
    ("markof", "pictureRefOf"),
    ("mend", "fix"),
    ("mended", "fixed"),
    ("mends", "fixes"),
    ("nobody", "a sentence with a subject that acts"),
    ("outgrown", "incompatible"),
    ("set out", "start"),
    ("sets out", "starts"),
    ("stillborn", "failed start"),
    ("strays", "moves away"),
    ("whatever", "any"),
    ("whoever", "the one who acts, by name"),
];

/// Modules of std that the core does without.
const NOT_OF_STD: &[&str] = &[
    "time", "thread", "fs", "env", "net", "process", "io", "sync",
];

/// Where `unsafe` may stand: each block with its reason, and the gain that was measured.
const UNSAFE: &[&str] = &["kernels/registers.rs", "kernels/sparse.rs"];

/// Most lines of a file, comments and its own tests not counted.
const MAX_LINES: usize = 420;

/// A source: its room, its path in `src/` and its code.
struct Source {
    room: String,
    path: String,
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 20, "the sources were not found");
    let mut sources: Vec<Source> = files
        .iter()
        .map(|file| {
            let inside = file.strip_prefix(&root).unwrap();
            let parts: Vec<_> = inside.iter().map(|p| p.to_string_lossy()).collect();
            Source {
                room: parts[0].trim_end_matches(".rs").to_string(),
                path: parts.join("/"),
                code: code_of(&std::fs::read_to_string(file).unwrap()),
            }
        })
        .collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// A source without comments, without the insides of texts, and without its own tests.
fn code_of(source: &str) -> String {
    let lines = source.lines().take_while(|l| *l != "#[cfg(test)]");
    let text: String = lines.flat_map(|l| [l, "\n"]).collect();
    let mut code = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '/' if rest.peek() == Some(&'/') => while rest.next_if(|c| *c != '\n').is_some() {},
            '"' => {
                code.push_str("\"\"");
                while let Some(c) = rest.next() {
                    match c {
                        '\\' => drop(rest.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            // A character, not a lifetime: 'x', '\n', '"'.
            '\'' => {
                let ahead: Vec<char> = rest.clone().take(2).collect();
                match ahead[..] {
                    ['\\', _] => {
                        rest.nth(1);
                        while rest.next().is_some_and(|c| c != '\'') {}
                    }
                    [_, '\''] => drop(rest.nth(1)),
                    _ => code.push(c),
                }
            }
            _ => code.push(c),
        }
    }
    code
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|w| !w.is_empty())
}

/// First names of every path that begins with `prefix`, such as `crate::`, groups included.
fn named_after<'a>(code: &'a str, prefix: &str) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices(prefix) {
        let rest = &code[at + prefix.len()..];
        if !rest.starts_with('{') {
            names.extend(words(rest).next());
            continue;
        }
        let (mut depth, mut fresh) = (0, true);
        for (i, c) in rest.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            if depth == 1 && (c == ',' || c == '{') {
                fresh = true;
            } else if fresh && !c.is_whitespace() {
                names.extend(words(&rest[i..]).next());
                fresh = false;
            }
        }
    }
    names
}

/// Fails with every fault at once.
fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn reaches_a_reader_that_sees_code_only() {
    let source = "use crate::{a::{b, c}, d};\n// crate::e\nlet x = \"crate::f \\\" unsafe\"; // g\n\
                  fn h<'a>() { crate::i::j('\"', '\\'', \"\") }\n#[cfg(test)]\nuse crate::k;\n";
    let code = code_of(source);
    let found: Vec<_> = named_after(&code, "crate::").into_iter().collect();
    assert_eq!(found, ["a", "d", "i"]);
    assert!(!words(&code).any(|w| w == "unsafe"));
}

#[test]
fn reaches_rooms_that_use_only_what_they_may() {
    let table: BTreeMap<_, _> = ROOMS
        .iter()
        .map(|(room, may, why)| (*room, (*may, *why)))
        .collect();
    let mut faults = Vec::new();
    let mut unused: BTreeSet<(&str, &str)> = ROOMS
        .iter()
        .flat_map(|(room, may, _)| may.iter().map(|other| (*room, *other)))
        .collect();
    let sources = sources();
    for source in sources.iter().filter(|s| s.room != "lib" && s.room != FACE) {
        let Some((may, why)) = table.get(source.room.as_str()) else {
            faults.push(format!(
                "src/{}: the room '{}' is not in tests/house.rs: say there what it may use.",
                source.path, source.room
            ));
            continue;
        };
        // As many folders deep as a file's module lies, `super::` as often is the crate.
        let folders = source.path.matches('/').count();
        let depth = folders + usize::from(!source.path.ends_with("mod.rs"));
        let mut used = named_after(&source.code, "crate::");
        used.extend(named_after(&source.code, &"super::".repeat(depth)));
        unused.retain(|(room, other)| *room != source.room || !used.contains(other));
        for room in used
            .iter()
            .filter(|r| **r != source.room && !may.contains(r))
        {
            faults.push(format!("src/{} uses '{room}': {why}.", source.path));
        }
    }
    for (room, other) in unused {
        faults.push(format!(
            "tests/house.rs lets '{room}' use '{other}', which it does not."
        ));
    }
    for (room, _, _) in ROOMS {
        if !sources.iter().any(|s| s.room == *room) {
            faults.push(format!(
                "tests/house.rs lists the room '{room}', which is gone."
            ));
        }
    }
    none(faults);
}

#[test]
fn reaches_files_of_one_room_that_do_not_know_each_other() {
    let sources = sources();
    let mut faults = Vec::new();
    for folder in [
        "layers",
        "functions/activations",
        "functions/losses",
        "functions/metrics",
        "training/callbacks",
        "training/optimizers",
    ] {
        let room = folder.rsplit('/').next().unwrap();
        let inside: Vec<&Source> = sources
            .iter()
            .filter(|s| s.path.starts_with(folder) && !s.path.ends_with("mod.rs"))
            .collect();
        let names: Vec<String> = inside
            .iter()
            .map(|s| s.path.replace(".rs", "").replace(&format!("{folder}/"), ""))
            .collect();
        assert!(names.len() > 2, "{room}: {names:?}");
        // The members are the files that declare a class. The others hold what members share.
        let declares = |source: &Source| source.code.contains("class! {");
        let members: Vec<bool> = inside.iter().map(|s| declares(s)).collect();
        let is_member = |name: &str| {
            names
                .iter()
                .position(|n| n == name)
                .is_some_and(|at| members[at])
        };
        for (source, own) in inside.iter().zip(&names).filter(|(_, own)| is_member(own)) {
            let mut used = named_after(&source.code, "super::");
            used.extend(named_after(&source.code, &format!("{room}::")));
            let known = |n: &&String| *n != own && is_member(n) && used.contains(n.as_str());
            for other in names.iter().filter(known) {
                faults.push(format!(
                    "src/{} uses '{other}': what two of {room} share stands in a file that is no member.",
                    source.path
                ));
            }
        }
    }
    none(faults);
}

#[test]
fn reaches_a_core_without_clock_print_or_panic() {
    let mut faults = Vec::new();
    for source in sources() {
        let in_face = source.room == FACE;
        let found: BTreeSet<&str> = words(&source.code).collect();
        let banned = NOWHERE
            .iter()
            .chain(NOT_IN_THE_CORE.iter().filter(|_| !in_face));
        for (word, why) in banned.filter(|(word, _)| found.contains(word)) {
            faults.push(format!("src/{} says '{word}': {why}.", source.path));
        }
        let of_std = named_after(&source.code, "std::");
        for module in NOT_OF_STD.iter().filter(|m| of_std.contains(**m)) {
            faults.push(format!(
                "src/{} uses std::{module}: the core has no clock, thread or file, so that a run is \
                 the same everywhere.",
                source.path
            ));
        }
    }
    none(faults);
}

#[test]
fn reaches_plain_words_everywhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [
        "src", "www", "tests", "benches", "scripts", "examples", "docs",
    ];
    let mut files: Vec<PathBuf> = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "md"))
        .collect();
    for folder in folders {
        texts(&root.join(folder), &mut files);
    }
    let mut faults = Vec::new();
    for file in files.iter().filter(|f| !f.ends_with("tests/house.rs")) {
        let text = std::fs::read_to_string(file).unwrap().to_lowercase();
        for (n, line) in text.lines().enumerate() {
            let words: Vec<&str> = words(line).collect();
            let said = |phrase: &str| {
                let wanted: Vec<&str> = phrase.split(' ').collect();
                words.windows(wanted.len()).any(|some| *some == wanted)
            };
            for (word, better) in BANNED.iter().filter(|(word, _)| said(word)) {
                let name = file.strip_prefix(root).unwrap().display();
                faults.push(format!("{name}:{}: '{word}': say '{better}'.", n + 1));
            }
        }
    }
    none(faults);
}

/// Sources and documents below a folder.
fn texts(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let kind = path.extension().unwrap_or_default();
        if path.is_dir() && !path.ends_with("public") && !path.ends_with("cases") {
            texts(&path, files);
        } else if ["rs", "js", "mjs", "py", "html", "css", "md"]
            .iter()
            .any(|k| kind == *k)
        {
            files.push(path);
        }
    }
}

#[test]
fn reaches_no_unsafe_without_a_reason_and_a_measured_gain() {
    let mut faults = Vec::new();
    let mut measured = 0;
    for source in sources() {
        let unsafe_words = words(&source.code).filter(|w| *w == "unsafe").count();
        let path = &source.path;
        if unsafe_words > 0 && !UNSAFE.contains(&path.as_str()) {
            faults.push(format!(
                "src/{path} says 'unsafe': no measured gain is written beside it."
            ));
        }
        if unsafe_words > 0 {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(path);
            let text = std::fs::read_to_string(file).unwrap();
            let reasons = text.matches("SAFETY:").count() + text.matches("# Safety").count();
            if reasons < unsafe_words {
                faults.push(format!(
                    "src/{path} says 'unsafe' without saying why it is sound."
                ));
            }
            measured += text.matches("Measured (").count();
        }
    }
    assert_eq!(
        measured, 2,
        "each use of what is unsafe has its gain beside it"
    );
    none(faults);
}

#[test]
fn reaches_files_that_can_be_read_at_one_sitting() {
    let mut faults = Vec::new();
    for source in sources() {
        let lines = source.code.lines().filter(|l| !l.trim().is_empty()).count();
        if lines > MAX_LINES {
            faults.push(format!(
                "src/{} has {lines} lines of code, over {MAX_LINES}: find the two things in it.",
                source.path
            ));
        }
    }
    none(faults);
}

#[test]
fn reaches_a_first_sentence_in_every_file() {
    let mut faults = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for source in sources() {
        let text = std::fs::read_to_string(root.join(&source.path)).unwrap();
        if !text.starts_with("//! ") {
            faults.push(format!(
                "src/{} does not open with what it is.",
                source.path
            ));
        }
    }
    none(faults);
}
