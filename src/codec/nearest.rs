//! The field that somebody may have meant.

use crate::idl::schema::FieldDef;

/// The name among `fields` nearest to one that is not there, when it is near.
pub(super) fn nearest(fields: &'static [FieldDef], name: &str) -> Option<&'static str> {
    let bare = |name: &str| name.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase()).collect();
    let wanted: Vec<u8> = bare(name);
    let distances = fields.iter().map(|field| (distance(&wanted, &bare(field.name())), field.name()));
    let (distance, nearest) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= wanted.len() / 3).then_some(nearest)
}

/// How many bytes have to be put in, taken out or changed to get from one to the other.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (place, left) in a.iter().enumerate() {
        let mut diagonal = place;
        let mut before = place + 1;
        for (cell, right) in row.iter_mut().skip(1).zip(b) {
            let changed = diagonal + usize::from(left != right);
            diagonal = *cell;
            before = changed.min(diagonal + 1).min(before + 1);
            *cell = before;
        }
        if let Some(first) = row.first_mut() {
            *first = place + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;
    use crate::idl::schema::MessageId;

    #[test]
    fn distances_of_known_words() {
        for (a, b, expected) in [("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0)] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), expected, "{a} {b}");
        }
    }

    #[test]
    fn a_slip_finds_its_field_and_nonsense_finds_none() {
        let fields = MessageId::by_name("flyteidl.core.Literal").unwrap().def().fields();
        assert_eq!(nearest(fields, "scalr"), Some("scalar"));
        assert_eq!(nearest(fields, "Collection"), Some("collection"));
        assert_eq!(nearest(fields, "xyz"), None);
        assert_eq!(nearest(fields, ""), None);
        assert_eq!(nearest(&[], "scalar"), None);
    }
}
