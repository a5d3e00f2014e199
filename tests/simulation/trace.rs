//! What happened, line by line: the same seed gives the same lines.

use std::time::Duration;

/// The lines of one seed.
#[derive(Default)]
pub struct Trace {
    lines: Vec<String>,
}

impl Trace {
    /// Adds a line; `at` is the time since the world began.
    pub fn say(&mut self, at: Duration, who: &str, what: &str) {
        self.lines.push(format!("{:>12.3} s  {who:<8} {what}", at.as_secs_f64()));
    }

    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// FNV-1a over all lines.
    pub fn hash(&self) -> u64 {
        let bytes = self.lines.iter().flat_map(|line| line.bytes().chain([b'\n']));
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }
}
