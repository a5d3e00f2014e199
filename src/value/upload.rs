//! Content among the inputs: who has a file or bytes instead of a URI gives them to the data layer, which answers with
//! where they are. Conversion itself does no I/O: it asks [`Uploads`], twice when something has to be sent in between.

/// What is to be uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content<'a> {
    /// A path of the caller's machine.
    Path(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// What the caller's side keeps under this number.
    Given(usize),
}

/// What it becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination<'a> {
    /// A directory rather than a file.
    pub multipart: bool,
    /// The declared format, `csv` or `parquet`; may be empty.
    pub format: &'a str,
}

/// Knows where content is stored.
pub trait Uploads {
    /// The URI of uploaded content.
    ///
    /// # Errors
    /// When it has none, in words that follow what the content is.
    fn uri(&self, content: Content<'_>, destination: Destination<'_>) -> Result<String, String>;
}

/// Uploads nothing: content is refused, with advice.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoUploads;

impl Uploads for NoUploads {
    fn uri(&self, content: Content<'_>, _: Destination<'_>) -> Result<String, String> {
        Err(match content {
            Content::Path(_) => "is no URI; upload it first (uploadFile) and give its URI, such as s3://bucket/key",
            _ => "is not uploaded here; upload it first (uploadFile) and give its URI",
        }
        .to_owned())
    }
}
