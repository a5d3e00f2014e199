//! What `uploadFile` takes, as a source of bytes: `js/source.ts` reads it.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use crate::data::Source;
use crate::host::{BodyReader, FetchError, HttpBody};

#[wasm_bindgen]
extern "C" {
    /// `Source` of `js/source.ts`.
    #[derive(Clone)]
    pub type JsSource;

    #[wasm_bindgen(method, getter)]
    fn name(this: &JsSource) -> String;

    #[wasm_bindgen(method, getter)]
    fn size(this: &JsSource) -> f64;

    #[wasm_bindgen(method, catch)]
    async fn read(this: &JsSource, from: f64, to: f64) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method)]
    fn body(this: &JsSource) -> JsValue;

    /// Gives back what the source holds, e.g. an open file.
    #[wasm_bindgen(method)]
    pub fn close(this: &JsSource);
}

/// A file that JavaScript reads.
pub struct HostSource(pub JsSource);

impl Source for HostSource {
    fn name(&self) -> String {
        self.0.name()
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn size(&self) -> u64 {
        self.0.size() as u64
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
            let to = (self.at + PIECE).min(self.source.size());
            if self.at >= to {
                return Ok(None);
            }
            let piece = self.source.read(self.at, to).await.map_err(super::host::fetch_error)?;
            self.at = to;
            Ok(Some(piece.unchecked_into::<Uint8Array>().to_vec()))
        })
    }
}
