//! `FlyteClient`: every RPC of Flyte, ProtoJSON in and out.

use std::rc::Rc;

use js_sys::{JsString, Object, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::error::{metadata, set, to_js_error};
use super::json::{js_to_wire, wire_to_text};
use super::options::{bytes_of, text_of, Options};
use super::promise::{promise, Work};
use crate::error::{Error, Kind};
use crate::host::LocalFuture;
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
    pub fn call_json(&self, name: JsValue, request: JsValue, options: JsValue) -> Promise {
        promise(|| {
            let name = text_of(&name, "name")?;
            let method = Method::by_name(&name)
                .ok_or_else(|| to_js_error(Error::new(Kind::Value, ["no such method: ", &name].concat())))?;
            let wire = js_to_wire(method.request, &request, "request")?;
            let (signal, reply) = call(&self.channel, method.path, wire, options)?;
            Ok(Work::new(signal, async move { Ok(wire_to_text(method.response, &reply.await?.message)?.into()) }))
        })
    }

    /// Calls any unary method by its full name, `/package.Service/Method`, with the bytes of its request, and resolves
    /// to the bytes of its reply: for services that this package does not know. Such a call is never retried
    /// once it may have reached the server.
    #[wasm_bindgen(unchecked_return_type = "Promise<Uint8Array>")]
    pub fn unary(
        &self,
        #[wasm_bindgen(js_name = fullMethod, unchecked_param_type = "string")] full_method: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer")] request: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "RpcOptions")] options: JsValue,
    ) -> Promise {
        promise(|| {
            let method = text_of(&full_method, "fullMethod")?;
            let (signal, reply) = call(&self.channel, &method, bytes_of(&request, "request")?, options)?;
            Ok(Work::new(signal, async move { Ok(Uint8Array::from(reply.await?.message.as_slice()).into()) }))
        })
    }
}

/// A reply under way.
type Answer = LocalFuture<Result<Reply, JsValue>>;

fn call(
    channel: &Rc<dyn Channel>,
    path: &str,
    message: Vec<u8>,
    options: JsValue,
) -> Result<(Option<AbortSignal>, Answer), JsValue> {
    let (on_reply, options) = Options::read_all(options, |options| options.function("onReply"))?;
    let mut call = Call::new(path, message);
    call.timeout = options.timeout;
    call.metadata = options.metadata;
    let (work, path) = (channel.unary(call), path.to_owned());
    let reply = Box::pin(async move {
        let reply = work.await.map_err(|status| to_js_error(Error::from_status(status, &path)))?;
        if let Some(on_reply) = on_reply {
            let told = Object::new();
            set(&told, "headers", metadata(&reply.headers));
            set(&told, "trailers", metadata(&reply.trailers));
            on_reply.call1(&JsValue::UNDEFINED, &told)?;
        }
        Ok(reply)
    });
    Ok((options.signal, reply))
}

/// The JavaScript names of the 66 methods, with spaces in between: one text crosses faster than 66.
#[wasm_bindgen(js_name = methodNames, skip_typescript)]
pub fn method_names() -> JsString {
    Method::all().iter().map(|method| method.name).collect::<Vec<_>>().join(" ").into()
}
