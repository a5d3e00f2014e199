//! `FlyteClient`: every RPC of Flyte, ProtoJSON in and out.

use std::rc::Rc;

use js_sys::{JsString, Object, Uint8Array};
use wasm_bindgen::prelude::*;

use super::error::{metadata, set, to_js_error};
use super::json::{js_to_wire, wire_to_text};
use super::options::CallOptions;
use super::signal::abortable;
use crate::error::{Error, Kind};
use crate::idl::methods::Method;
use crate::rpc::{Call, Channel, Reply};

/// The raw client: all 66 RPCs of Flyte's five services as methods that take and return ProtoJSON objects, e.g.
/// `client.listTasks({ id: { project, domain }, limit: 10 })`. Made by `remote.client`.
#[wasm_bindgen]
pub struct FlyteClient {
    pub(super) channel: Rc<dyn Channel>,
}

#[wasm_bindgen]
impl FlyteClient {
    /// Calls a method by its JavaScript name and resolves to the reply's JSON text; the 66 methods go through it.
    #[wasm_bindgen(js_name = callJson, skip_typescript)]
    pub async fn call_json(&self, name: &str, request: JsValue, options: JsValue) -> Result<String, JsValue> {
        let channel = Rc::clone(&self.channel);
        let method = Method::by_name(name)
            .ok_or_else(|| to_js_error(Error::new(Kind::Value, ["no such method: ", name].concat())))?;
        let wire = js_to_wire(method.request, &request, "request")?;
        let reply = call(channel, method.path, wire, CallOptions::of(options)?).await?;
        wire_to_text(method.response, &reply.message)
    }

    /// Calls any unary method by its full name, `/package.Service/Method`, with the bytes of its request, and resolves
    /// to the bytes of its reply: for services that this package does not know. Such a call is never retried
    /// once it may have reached the server.
    pub async fn unary(
        &self,
        #[wasm_bindgen(js_name = fullMethod)] full_method: &str,
        request: Uint8Array,
        #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
    ) -> Result<Uint8Array, JsValue> {
        let reply = call(Rc::clone(&self.channel), full_method, request.to_vec(), CallOptions::of(options)?).await?;
        Ok(Uint8Array::from(reply.message.as_slice()))
    }
}

async fn call(channel: Rc<dyn Channel>, path: &str, message: Vec<u8>, options: CallOptions) -> Result<Reply, JsValue> {
    let mut call = Call::new(path, message);
    call.timeout = options.timeout;
    call.metadata = options.metadata;
    let work = channel.unary(call);
    let failed = |status| to_js_error(Error::from_status(status, path));
    let reply = abortable(options.signal, async move { work.await.map_err(failed) }).await?;
    if let Some(on_reply) = options.on_reply {
        let told = Object::new();
        set(&told, "headers", metadata(&reply.headers));
        set(&told, "trailers", metadata(&reply.trailers));
        on_reply.call1(&JsValue::UNDEFINED, &told)?;
    }
    Ok(reply)
}

/// The JavaScript names of the 66 methods.
#[wasm_bindgen(js_name = methodNames, skip_typescript)]
pub fn method_names() -> Vec<JsString> {
    Method::all().iter().map(|method| method.name.into()).collect()
}
