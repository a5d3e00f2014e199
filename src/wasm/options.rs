//! Options objects: read once, with errors that name the option, what came and what was expected. A mistake is kept
//! until the end, so that reading goes on as if the option were not given: an exit at each option costs more code than
//! all the rest.

use std::time::Duration;

use js_sys::{Array, ArrayBuffer, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::error::to_js_error;
use crate::error::Error;
use crate::remote;
use crate::rpc::Metadata;

/// An options object under way: what has been read of it.
pub struct Options {
    object: JsValue,
    path: String,
    known: Vec<&'static str>,
    mistake: Option<JsValue>,
}

impl Options {
    /// Takes an options argument; undefined and null are no options.
    pub fn of(value: JsValue, path: &str) -> Self {
        let fits = value.is_undefined() || value.is_null() || is_plain(&value);
        let mistake = if fits { None } else { Some(wrong(path, "a plain object", &value)) };
        Options { object: value, path: path.to_owned(), known: Vec::new(), mistake }
    }

    /// Reads an options argument as a whole, and with it what every call takes.
    pub fn read_all<T>(value: JsValue, read: impl FnOnce(&mut Options) -> T) -> Result<(T, CallOptions), JsValue> {
        let mut options = Options::of(value, "options");
        let (read, call) = (read(&mut options), CallOptions::read(&mut options));
        options.finish()?;
        Ok((read, call))
    }

    /// Keeps the first mistake.
    pub fn refuse(&mut self, mistake: JsValue) {
        self.mistake.get_or_insert(mistake);
    }

    /// Keeps a result's mistake.
    pub fn take<T>(&mut self, result: Result<T, JsValue>) -> Option<T> {
        result.map_err(|mistake| self.refuse(mistake)).ok()
    }

    /// The raw value of an option, undefined when it is not given. `null` counts as not given.
    pub fn raw(&mut self, name: &'static str) -> JsValue {
        self.known.push(name);
        if self.mistake.is_some() || !self.object.is_object() {
            return JsValue::UNDEFINED;
        }
        let value = Reflect::get(&self.object, &name.into());
        self.take(value).filter(|value| !value.is_null()).unwrap_or_default()
    }

    /// The raw value of an option that is given, with its path in errors.
    pub fn given(&mut self, name: &'static str) -> Option<(String, JsValue)> {
        let value = self.raw(name);
        (!value.is_undefined()).then(|| (self.place(name), value))
    }

    fn read<T>(&mut self, name: &'static str, expected: &str, take: impl Fn(&JsValue) -> Option<T>) -> Option<T> {
        let value = self.raw(name);
        if value.is_undefined() {
            return None;
        }
        let taken = take(&value);
        if taken.is_none() {
            self.wrong(name, expected, &value);
        }
        taken
    }

    /// Refuses an option's value.
    pub fn wrong(&mut self, name: &str, expected: &str, value: &JsValue) {
        self.refuse(wrong(&self.place(name), expected, value));
    }

    /// The path of an option in errors.
    pub fn place(&self, name: &str) -> String {
        [&self.path, ".", name].concat()
    }

    /// A text.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        self.read(name, "a string", JsValue::as_string)
    }

    /// One of these texts: its place among them.
    pub fn one_of(&mut self, name: &'static str, texts: &[&str]) -> Option<usize> {
        let expected = ["'", &texts.join("' or '"), "'"].concat();
        self.read(name, &expected, |value| {
            let said = value.as_string()?;
            texts.iter().position(|text| *text == said)
        })
    }

    /// A boolean.
    pub fn flag(&mut self, name: &'static str) -> Option<bool> {
        self.read(name, "true or false", JsValue::as_bool)
    }

    /// A whole number from 0 to 2^32-1.
    pub fn count(&mut self, name: &'static str) -> Option<u32> {
        let whole =
            |value: &JsValue| value.as_f64().filter(|n| n.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(n));
        self.read(name, "a whole number, 0 or more", whole).map(|number| number as u32)
    }

    /// Milliseconds; Infinity is the longest duration.
    pub fn duration(&mut self, name: &'static str) -> Option<Duration> {
        let number =
            self.read(name, "a number of milliseconds, 0 or more", |value| value.as_f64().filter(|n| *n >= 0.0));
        number.map(|ms| Duration::try_from_secs_f64(ms / 1000.0).unwrap_or(Duration::MAX))
    }

    /// A function.
    pub fn function(&mut self, name: &'static str) -> Option<js_sys::Function> {
        self.read(name, "a function", |value| value.dyn_ref::<js_sys::Function>().cloned())
    }

    /// An object.
    pub fn object(&mut self, name: &'static str) -> Option<Object> {
        self.read(name, "an object", |value| value.dyn_ref::<Object>().filter(|_| !is_list(value)).cloned())
    }

    /// A list, each item with its path in errors.
    pub fn list(&mut self, name: &'static str) -> Option<Vec<(String, JsValue)>> {
        let place = self.place(name);
        let item = |(index, item): (usize, JsValue)| ([&place, "[", &index.to_string(), "]"].concat(), item);
        let items = self.read(name, "a list", |value| is_list(value).then(|| listed(value)))?;
        Some(self.take(items)?.iter().enumerate().map(item).collect())
    }

    /// An AbortSignal.
    fn signal(&mut self) -> Option<AbortSignal> {
        // Of any realm: what it can do counts, not which constructor made it.
        let is_signal = |value: &JsValue| property(value, "aborted").as_bool().is_some();
        self.read("signal", "an AbortSignal", |value| {
            (value.is_object() && is_signal(value)).then(|| value.clone().unchecked_into())
        })
    }

    /// A list of texts.
    pub fn texts(&mut self, name: &'static str) -> Option<Vec<String>> {
        let value = self.given(name);
        value.and_then(|(place, value)| self.take(texts_of(&value, &place)))
    }

    /// An object with texts as values; empty when it is not given.
    pub fn text_map(&mut self, name: &'static str) -> Vec<(String, String)> {
        let value = self.raw(name);
        let place = self.place(name);
        // Headers and a Map iterate over pairs.
        let entries = match (value.dyn_ref::<Object>(), Reflect::get(&value, &js_sys::Symbol::iterator())) {
            _ if value.is_undefined() => return Vec::new(),
            (Some(_), Ok(iterator)) if iterator.is_function() => listed(&value),
            (Some(_), _) if is_plain(&value) => entries_of(&value),
            _ => Err(wrong(&place, "an object of strings, a Map or Headers", &value)),
        };
        let entry = |pair: JsValue| {
            let pair = if pair.is_object() { listed(&pair)? } else { Array::new() };
            let key = pair.get(0).as_string().unwrap_or_default();
            let value = pair.get(1);
            let text = value.as_string().ok_or_else(|| wrong(&[&place, ".", &key].concat(), "a string", &value))?;
            Ok((key, text))
        };
        let entries = entries.and_then(|entries| entries.iter().map(entry).collect());
        self.take(entries).unwrap_or_default()
    }

    /// The first mistake; an option that nothing has read is one too, as a misspelt option must not be ignored.
    pub fn finish(self) -> Result<(), JsValue> {
        if let Some(mistake) = self.mistake {
            return Err(mistake);
        }
        if self.object.is_null() || self.object.is_undefined() {
            return Ok(());
        }
        for key in keys_of(&self.object)?.iter().filter_map(|key| key.as_string()) {
            if !self.known.iter().any(|name| *name == key) {
                let message = ["there is no such option; expected one of ", &self.known.join(", ")].concat();
                return Err(to_js_error(Error::option(&[&self.path, ".", &key].concat(), message)));
            }
        }
        Ok(())
    }
}

/// What every call takes.
#[derive(Clone, Default)]
pub struct CallOptions {
    /// Cancels the call.
    pub signal: Option<AbortSignal>,
    /// Deadline of the call.
    pub timeout: Option<Duration>,
    /// Extra request headers.
    pub metadata: Metadata,
}

impl CallOptions {
    /// Reads them out of a larger options object.
    pub fn read(options: &mut Options) -> Self {
        CallOptions {
            signal: options.signal(),
            timeout: options.duration("timeoutMs"),
            metadata: options.text_map("metadata"),
        }
    }

    /// What the core takes of them.
    pub fn core(&self) -> remote::CallOptions {
        remote::CallOptions { metadata: self.metadata.clone(), timeout: self.timeout, ..remote::CallOptions::default() }
    }

    /// Reads an options argument that has nothing else.
    pub fn of(value: JsValue) -> Result<Self, JsValue> {
        Options::read_all(value, |_| ()).map(|((), call)| call)
    }
}

/// An argument that is a text.
pub fn text_of(value: &JsValue, name: &str) -> Result<String, JsValue> {
    value.as_string().ok_or_else(|| wrong(name, "a string", value))
}

/// An argument that is a list of texts.
pub fn texts_of(value: &JsValue, name: &str) -> Result<Vec<String>, JsValue> {
    let list = if is_list(value) { Some(listed(value)?) } else { None };
    let texts = list.and_then(|list| list.iter().map(|item| item.as_string()).collect());
    texts.ok_or_else(|| wrong(name, "a list of strings", value))
}

// What runs code of the caller must be able to fail: an error that goes through wasm would leave behind all that is held.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> Result<bool, JsValue>;

    /// A list of what a caller's list or iterator has.
    #[wasm_bindgen(catch, js_namespace = Array, js_name = from)]
    pub fn listed(value: &JsValue) -> Result<Array, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Object, js_name = entries)]
    fn entries_of(value: &JsValue) -> Result<Array, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Object, js_name = keys)]
    fn keys_of(value: &JsValue) -> Result<Array, JsValue>;
}

/// A property; undefined where reading it throws, and of what has none.
pub fn property(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap_or_default()
}

/// Whether it is a list; a revoked proxy is nothing.
pub fn is_list(value: &JsValue) -> bool {
    is_array(value).unwrap_or(false)
}

/// An argument that is bytes.
pub fn bytes_of(value: &JsValue, name: &str) -> Result<Vec<u8>, JsValue> {
    let buffer = value.is_instance_of::<ArrayBuffer>();
    // A proxy of bytes, or an object with their prototype, has none.
    match value.dyn_ref::<Uint8Array>().filter(|bytes| ArrayBuffer::is_view(bytes)) {
        Some(bytes) => Ok(bytes.to_vec()),
        None if buffer => Ok(Uint8Array::new(value).to_vec()),
        None => Err(wrong(name, "a Uint8Array or an ArrayBuffer", value)),
    }
}

/// An object of names and values, no list, Map, Date, and nothing that this package has made.
pub fn is_plain(value: &JsValue) -> bool {
    let has = |name: &JsValue| Reflect::has(value, name).unwrap_or(false);
    value.is_object()
        && !is_list(value)
        && !value.is_instance_of::<js_sys::Date>()
        && !has(&js_sys::Symbol::to_string_tag())
        && !has(&"__wbg_ptr".into())
}

/// The error for a value of the wrong kind.
pub fn wrong(path: &str, expected: &str, value: &JsValue) -> JsValue {
    to_js_error(Error::option(path, ["expected ", expected, ", got ", &kind_of(value)].concat()))
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = String)]
    fn display(value: &JsValue) -> String;
}

/// A short text of a value for errors.
pub fn kind_of(value: &JsValue) -> String {
    if let Some(text) = value.as_string() {
        let short: String = text.chars().take(40).collect();
        return ["the text \"", &short, if short.len() < text.len() { "…\"" } else { "\"" }].concat();
    }
    if is_list(value) {
        return "a list".to_owned();
    }
    if value.is_function() {
        return "a function".to_owned();
    }
    if value.is_object() {
        // An object without a prototype has no class.
        let class = Some(property(value, "constructor")).filter(JsValue::is_function);
        let name = class.and_then(|class| property(&class, "name").as_string()).unwrap_or_else(|| "Object".to_owned());
        return ["an object (", &name, ")"].concat();
    }
    let kind = value.js_typeof().as_string().unwrap_or_default();
    if value.is_undefined() || value.is_null() {
        return display(value);
    }
    ["the ", &kind, " ", &display(value)].concat()
}
