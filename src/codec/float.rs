//! Floats as text, by whoever does it best: the engine in JavaScript (22 KB of code less), std elsewhere.

/// Prints and parses finite floats.
pub trait FloatText {
    /// Appends the shortest decimal text that reads back as `value`, which is finite.
    fn print(&self, value: f64, out: &mut Vec<u8>);

    /// The float nearest to a number as JSON writes it, `-12.5e3`; `None` when it is not one.
    fn parse(&self, text: &[u8]) -> Option<f64>;
}

/// Rust's own; not for wasm, where it costs 22 KB.
pub struct StdFloats;

impl FloatText for StdFloats {
    fn print(&self, value: f64, out: &mut Vec<u8>) {
        // Like JavaScript: no hundreds of zeros.
        let text = match value.abs() {
            size if size != 0.0 && !(1e-6..1e21).contains(&size) => format!("{value:e}"),
            _ => value.to_string(),
        };
        out.extend_from_slice(text.as_bytes());
    }

    fn parse(&self, text: &[u8]) -> Option<f64> {
        std::str::from_utf8(text).ok()?.parse().ok()
    }
}
