//! Sorting a handful of things in few bytes: the standard library's sorts, made for millions, cost the
//! page three kilobytes for every type that is sorted.

/// Puts `list` in order by insertion, equals as they stood: quick for short lists and for those that
/// are nearly in order.
pub fn sort<T>(list: &mut [T], before: impl Fn(&T, &T) -> bool) {
    for end in 1..list.len() {
        let mut at = end;
        while at > 0 && before(&list[at], &list[at - 1]) {
            list.swap(at, at - 1);
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sort;

    #[test]
    fn reaches_an_order_that_keeps_equals_in_place() {
        let mut list = vec![(3, 'a'), (1, 'b'), (2, 'c'), (1, 'd'), (3, 'e')];
        sort(&mut list, |a, b| a.0 < b.0);
        assert_eq!(list, [(1, 'b'), (1, 'd'), (2, 'c'), (3, 'a'), (3, 'e')]);
        sort(&mut list[..0], |a, b| a < b);
    }
}
