//! Values without a call: what `js/literal.ts` groups as `literal`.

use js_sys::{Function, JsString, Object, Uint8Array};
use wasm_bindgen::prelude::*;

use super::error::to_js_error;
use super::json::JsFloats;
use super::options::text_of;
use super::value::{input, output, output_as};
use super::values::FlyteValues;
use crate::error::{Error, Kind, Problem};
use crate::value::{guess_type, parse, repr, type_of, Conversion, LiteralType, Packed, Path, Reading, Stored, Values};

/// The wire bytes of the literal of a value.
#[wasm_bindgen(js_name = literalFromValue, skip_typescript)]
pub fn literal_from_value(declared: Uint8Array, value: JsValue, protobuf_structs: bool) -> Result<Uint8Array, JsValue> {
    let (declared, value) = (literal_type(&declared)?, input(&value)?);
    let mut conversion = Conversion::default();
    conversion.protobuf_structs = protobuf_structs;
    match conversion.literal(&value, &declared, &Path::new("value")) {
        Some(literal) => Ok(Uint8Array::from(literal.as_bytes())),
        None => Err(refused("a literal of type ", &declared, conversion.problems)),
    }
}

fn refused(what: &str, declared: &LiteralType, problems: Vec<Problem>) -> JsValue {
    let subject = [what, &declared.text()].concat();
    to_js_error(Error::from_problems(Kind::Value, &subject, problems))
}

/// The value of a literal's wire bytes.
#[wasm_bindgen(js_name = literalToValue, skip_typescript)]
pub fn literal_to_value(
    literal: Uint8Array,
    declared: Option<Uint8Array>,
    variants: bool,
    stored: Option<Function>,
    form: JsValue,
) -> Result<JsValue, JsValue> {
    let declared = declared.map(|declared| literal_type(&declared)).transpose()?;
    let value = with_reading(variants, stored, |reading| {
        reading.literal(&literal.to_vec(), declared.as_ref(), &Path::new("literal"))
    });
    let value = value.map_err(|problem| to_js_error(Error::from_problems(Kind::Value, "a literal", vec![*problem])))?;
    output_as(&Packed::of(&value), &form)
}

/// The value that a text in a form stands for.
#[wasm_bindgen(js_name = literalParse, skip_typescript)]
pub fn literal_parse(declared: Uint8Array, text: JsValue, name: JsValue) -> Result<JsValue, JsValue> {
    let declared = literal_type(&declared)?;
    match parse(&text_of(&text, "text")?, &declared, &Path::new(&text_of(&name, "name")?), &JsFloats) {
        Ok(value) => output(&value),
        Err(problems) => Err(refused("a text for type ", &declared, problems)),
    }
}

/// Reads with what the caller has of literals that are stored apart.
pub fn with_reading<T>(variants: bool, stored: Option<Function>, read: impl FnOnce(&Reading<'_>) -> T) -> T {
    let ask = stored.map(|stored| {
        move |uri: &str| {
            let found = stored.call1(&JsValue::UNDEFINED, &uri.into()).ok()?;
            found.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec)
        }
    });
    read(&Reading { variants, stored: ask.as_ref().map(|ask| ask as &Stored<'_>), ..Reading::default() })
}

/// A type as text.
#[wasm_bindgen(js_name = literalTypeText, skip_typescript)]
pub fn literal_type_text(declared: Uint8Array) -> Result<JsString, JsValue> {
    literal_type(&declared).map(|declared| declared.text().into())
}

/// Whether two types are the same (0), or else the first is castable to the second (1), or not (2).
#[wasm_bindgen(js_name = literalTypesCompare, skip_typescript)]
pub fn literal_types_compare(from: Uint8Array, to: Uint8Array) -> Result<u8, JsValue> {
    let (from, to) = (literal_type(&from)?, literal_type(&to)?);
    Ok(if from.is_same(&to) { 0 } else { 2 - u8::from(from.is_castable_to(&to)) })
}

/// The type of a literal.
#[wasm_bindgen(js_name = literalTypeOf, skip_typescript)]
pub fn literal_type_of(literal: Uint8Array) -> Uint8Array {
    Uint8Array::from(type_of(&literal.to_vec()).as_bytes())
}

/// The type that fits a value.
#[wasm_bindgen(js_name = literalGuessType, skip_typescript)]
pub fn literal_guess_type(value: JsValue) -> Result<Uint8Array, JsValue> {
    let value = input(&value)?;
    let guess = guess_type(&value).ok_or_else(|| {
        let message = ["value: no type fits ", &value.in_words()].concat();
        to_js_error(Error::new(Kind::Value, message).at("value"))
    })?;
    Ok(Uint8Array::from(guess.as_bytes()))
}

/// A literal for display.
#[wasm_bindgen(js_name = literalRepr, skip_typescript)]
pub fn literal_repr(literal: Uint8Array) -> Result<JsValue, JsValue> {
    output(&repr(&literal.to_vec(), &JsFloats))
}

/// A resolver of named literals; `types` has the wire bytes of types by name.
#[wasm_bindgen(js_name = literalResolver, skip_typescript)]
pub fn literal_resolver(literal_map: Uint8Array, types: Object) -> Result<FlyteValues, JsValue> {
    let mut declared = Vec::new();
    for pair in Object::entries(&types).iter() {
        let pair: js_sys::Array = pair.unchecked_into();
        let of = literal_type(&pair.get(1).unchecked_into())?;
        declared.push((pair.get(0).as_string().unwrap_or_default(), of));
    }
    let values = Values::decode(&literal_map.to_vec(), declared.into());
    values
        .map(|values| FlyteValues::new(values, None))
        .map_err(|_| to_js_error(Error::option("literals", "the bytes are no literal map")))
}

/// A type out of its wire bytes.
pub fn literal_type(bytes: &Uint8Array) -> Result<LiteralType, JsValue> {
    LiteralType::decode(&bytes.to_vec())
        .map_err(|_| to_js_error(Error::option("type", "the bytes are no literal type")))
}
