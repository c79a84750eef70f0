//! The known word that a misspelt one most probably means.

use strsim::levenshtein;

/// The word of `known` nearest to `word`, if any comes close; of two that come as close, the one that is spelled alike.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let folded = fold(word);
    let (distance, _, best) = known
        .iter()
        .map(|k| (levenshtein(&folded, &fold(k)), levenshtein(word, k), *k))
        .min()?;
    (distance <= 1 + folded.len() / 4).then_some(best)
}

fn fold(word: &str) -> String {
    word.chars()
        .filter(char::is_ascii_alphanumeric)
        .take(60)
        .collect::<String>()
        .to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn reaches_offers_the_nearest_word() {
        let known = ["relu", "sigmoid", "softmax", "tanh"];
        assert_eq!(nearest("sigmoyd", &known), Some("sigmoid"));
        assert_eq!(nearest("Soft_Max", &known), Some("softmax"));
        assert_eq!(nearest("quantum", &known), None);
    }
}
