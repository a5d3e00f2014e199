//! What `uploadFile` takes, as a source of bytes: `js/source.ts` reads it.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

use super::environment::environment;
use super::options::kind_of;
use crate::data::Source;
use crate::error::{Error, Kind};
use crate::host::{BodyReader, FetchError, HttpBody, LocalFuture};
use crate::remote::Contents;

#[wasm_bindgen]
extern "C" {
    /// `Source` of `js/source.ts`.
    #[derive(Clone)]
    pub type JsSource;

    #[wasm_bindgen(method, getter)]
    fn name(this: &JsSource) -> String;

    #[wasm_bindgen(method, getter)]
    fn size(this: &JsSource) -> JsValue;

    #[wasm_bindgen(method, catch)]
    async fn read(this: &JsSource, from: &JsValue, to: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method)]
    fn body(this: &JsSource) -> JsValue;

    /// Gives back what the source holds, e.g. an open file.
    #[wasm_bindgen(method)]
    pub fn close(this: &JsSource);
}

impl JsSource {
    /// In bytes.
    fn length(&self) -> f64 {
        self.size().as_f64().unwrap_or_default()
    }
}

/// A file that JavaScript reads.
pub struct HostSource(pub JsSource);

impl Source for HostSource {
    fn name(&self) -> String {
        self.0.name()
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn size(&self) -> u64 {
        self.0.length() as u64
    }

    fn chunks(&self) -> Box<dyn BodyReader> {
        Box::new(Pieces { source: self.0.clone(), at: 0.0 })
    }

    fn body(&self) -> HttpBody {
        HttpBody::Foreign(Rc::new(self.0.body()))
    }
}

impl Drop for HostSource {
    fn drop(&mut self) {
        self.0.close();
    }
}

struct Pieces {
    source: JsSource,
    at: f64,
}

impl BodyReader for Pieces {
    fn chunk(&mut self) -> Pin<Box<dyn Future<Output = Result<Option<Vec<u8>>, FetchError>> + '_>> {
        const PIECE: f64 = 4_194_304.0;
        Box::pin(async {
            let to = (self.at + PIECE).min(self.source.length());
            if self.at >= to {
                return Ok(None);
            }
            let piece = self.source.read(&self.at.into(), &to.into()).await.map_err(super::host::fetch_error)?;
            self.at = to;
            Ok(Some(piece.unchecked_into::<Uint8Array>().to_vec()))
        })
    }
}

/// Opens bytes, a Blob, a File, in Node also a path.
pub async fn open(value: JsValue) -> Result<HostSource, Error> {
    let opened = match environment() {
        Ok(environment) => environment.open_source(&value).await,
        Err(missing) => Err(missing),
    };
    let source = opened.map_err(|cause| {
        let message = ["can't read the file to upload: ", &super::host::text_of(&cause)].concat();
        let mut error = Error::new(Kind::Upload, message);
        error.cause = Some(Rc::new(cause));
        error
    })?;
    if source.is_undefined() {
        let message = ["expected bytes, a Blob, or in Node a path, got ", &kind_of(&value)].concat();
        return Err(Error::option("source", message));
    }
    Ok(HostSource(source.unchecked_into()))
}

/// The files and blobs among inputs.
pub struct HostContents(pub Array);

impl Contents for HostContents {
    fn path(&self, path: String) -> LocalFuture<Result<Box<dyn Source>, Error>> {
        opened(path.into())
    }

    #[allow(clippy::cast_possible_truncation)]
    fn given(&self, index: usize) -> LocalFuture<Result<Box<dyn Source>, Error>> {
        opened(self.0.get(index as u32))
    }
}

fn opened(value: JsValue) -> LocalFuture<Result<Box<dyn Source>, Error>> {
    Box::pin(async move { Ok(Box::new(open(value).await?) as Box<dyn Source>) })
}
