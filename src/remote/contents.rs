//! Inputs that are files, blobs or bytes instead of URIs: uploaded before the execution is created.

use std::cell::RefCell;

use super::call::Scope;
use super::together::{together, Work, MOST};
use super::upload::UploadFile;
use super::Remote;
use crate::data::{BytesSource, Source};
use crate::entity::Interface;
use crate::error::Error;
use crate::host::LocalFuture;
use crate::value::{check_inputs, Content, Destination, InputValue, NoUploads, Uploads};

/// Opens what the host alone can read.
pub trait Contents {
    /// The file at a path of the caller's machine.
    fn path(&self, path: String) -> LocalFuture<Result<Box<dyn Source>, Error>>;

    /// What the caller's side keeps under this number.
    fn given(&self, index: usize) -> LocalFuture<Result<Box<dyn Source>, Error>>;
}

/// Inputs, what is declared, and whose they are.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub interface: &'a Interface,
    pub inputs: &'a [(String, InputValue)],
    pub subject: &'a str,
}

impl Remote {
    /// The inputs as a serialised `LiteralMap`. Nothing is uploaded before all of them are known to fit.
    pub(super) async fn stored_inputs(
        &self,
        given: Given<'_>,
        contents: Option<&dyn Contents>,
        (project, domain): (&str, &str),
        scope: &Scope,
    ) -> Result<Vec<u8>, Error> {
        let Given { interface, inputs, subject } = given;
        let Some(contents) = contents else { return check_inputs(interface, inputs, subject, &NoUploads) };
        let asked = Asked::default();
        let literals = check_inputs(interface, inputs, subject, &asked)?;
        let all = asked.contents.take();
        if all.is_empty() {
            return Ok(literals);
        }
        let upload =
            UploadFile { project: Some(project.to_owned()), domain: Some(domain.to_owned()), ..UploadFile::default() };
        let store = |content: &Owned| -> Work<'_, String> {
            let (content, upload) = (content.clone(), &upload);
            Box::pin(async move {
                let source = match content {
                    Owned::Path(path) => contents.path(path).await?,
                    Owned::Given(index) => contents.given(index).await?,
                    Owned::Bytes(bytes) => Box::new(BytesSource::new("data", bytes)),
                };
                Ok(self.upload_within(&*source, upload, scope).await?.uri)
            })
        };
        let uris = together(all.iter().map(store).collect(), MOST).await?;
        let stored = Asked { contents: RefCell::new(all), uris };
        check_inputs(interface, inputs, subject, &stored)
    }
}

#[derive(Clone, PartialEq)]
enum Owned {
    Path(String),
    Bytes(Vec<u8>),
    Given(usize),
}

/// What is to be uploaded, each content once, and where it is as soon as that is known.
#[derive(Default)]
struct Asked {
    contents: RefCell<Vec<Owned>>,
    uris: Vec<String>,
}

impl Uploads for Asked {
    fn uri(&self, content: Content<'_>, destination: Destination<'_>) -> Result<String, String> {
        if destination.multipart {
            return Err("is no directory in the store; upload its files (uploadFile with one filenameRoot) and give \
                        their folder's URI"
                .to_owned());
        }
        let content = match content {
            Content::Path(path) => Owned::Path(path.to_owned()),
            Content::Bytes(bytes) => Owned::Bytes(bytes.to_vec()),
            Content::Given(index) => Owned::Given(index),
        };
        let mut contents = self.contents.borrow_mut();
        let place = contents.iter().position(|known| *known == content).unwrap_or_else(|| {
            contents.push(content);
            contents.len() - 1
        });
        Ok(self.uris.get(place).cloned().unwrap_or_default())
    }
}
