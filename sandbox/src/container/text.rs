//! Literals as text and back, as Flyte's templates and its data sidecar write them.

use crate::idl::core::{
    literal, literal_type, primitive, scalar, Binary, Error, Literal, LiteralType, Primitive, Scalar, SimpleType, Void,
};
use crate::time::{duration, parse_timestamp, timestamp_text};

use super::json;

/// A literal in `{{.inputs.x}}`. Maps and structures have no text there.
pub(super) fn template_text(literal: &Literal) -> Result<String, String> {
    match &literal.value {
        Some(literal::Value::Collection(list)) => {
            let items: Result<Vec<_>, _> = list.literals.iter().map(template_text).collect();
            Ok(format!("[{}]", items?.join(",")))
        }
        Some(literal::Value::Scalar(scalar)) => match &scalar.value {
            Some(scalar::Value::Primitive(primitive)) => match &primitive.value {
                Some(primitive::Value::Duration(length)) => {
                    // Go prints the message here, not the length.
                    let seconds = (length.seconds != 0).then(|| format!("seconds:{}", length.seconds));
                    let nanos = (length.nanos != 0).then(|| format!("nanos:{}", length.nanos));
                    Ok(seconds.into_iter().chain(nanos).collect::<Vec<_>>().join(" "))
                }
                Some(primitive::Value::FloatValue(number)) => Ok(go_float(*number)),
                Some(value) => Ok(primitive_text(value)),
                None => Err("received an unexpected primitive type".to_owned()),
            },
            Some(scalar::Value::Blob(blob)) => Ok(blob.uri.clone()),
            Some(scalar::Value::Schema(schema)) => Ok(schema.uri.clone()),
            _ => Err("received an unexpected scalar type, templates take primitives, blobs and lists".to_owned()),
        },
        _ => Err("received an unexpected type, templates take primitives, blobs and lists".to_owned()),
    }
}

/// A primitive in a file of its own.
pub(super) fn primitive_text(value: &primitive::Value) -> String {
    match value {
        primitive::Value::Integer(number) => number.to_string(),
        primitive::Value::FloatValue(number) => plain_float(*number),
        primitive::Value::StringValue(text) => text.clone(),
        primitive::Value::Boolean(value) => value.to_string(),
        primitive::Value::Datetime(time) => timestamp_text(time),
        primitive::Value::Duration(length) => go_duration(length),
    }
}

/// Go's `%v`: an exponent for very large and very small numbers.
fn go_float(number: f64) -> String {
    if number == 0.0 || !number.is_finite() || (1e-4..1e21).contains(&number.abs()) {
        return plain_float(number);
    }
    let text = format!("{number:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', exponent),
    };
    format!("{mantissa}e{sign}{digits:0>2}")
}

fn plain_float(number: f64) -> String {
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    number.to_string()
}

/// `1h30m0.5s`
fn go_duration(length: &prost_types::Duration) -> String {
    let nanos = i128::from(length.seconds) * 1_000_000_000 + i128::from(length.nanos);
    let (sign, nanos) = (if nanos < 0 { "-" } else { "" }, nanos.unsigned_abs());
    let fraction = |value: u128, unit: u128| {
        let (whole, rest) = (value / unit, value % unit);
        let digits = unit.ilog10() as usize;
        let text = format!("{whole}.{rest:0digits$}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    if nanos == 0 {
        return "0s".to_owned();
    }
    if nanos < 1_000 {
        return format!("{sign}{nanos}ns");
    }
    if nanos < 1_000_000 {
        return format!("{sign}{}µs", fraction(nanos, 1_000));
    }
    if nanos < 1_000_000_000 {
        return format!("{sign}{}ms", fraction(nanos, 1_000_000));
    }
    let (minutes, rest) = (nanos / 60_000_000_000, nanos % 60_000_000_000);
    let seconds = fraction(rest, 1_000_000_000);
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
        (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
    }
}

/// The literal of a declared simple type that a file's text stands for; white space around it does not count.
pub(super) fn parse(r#type: &LiteralType, text: &str) -> Result<Literal, String> {
    let text = text.trim_matches([' ', '\n', '\t', '\r']);
    let Some(literal_type::Type::Simple(simple)) = r#type.r#type else {
        return Err(format!("outputs of type [{}] can't be read from a file", crate::types::type_text(r#type)));
    };
    let simple = SimpleType::try_from(simple).map_err(|_| format!("unknown simple type {simple}"))?;
    let wrong = |what: &str| format!("failed to parse {what} from {:?}", shorten(text));
    let value = match simple {
        SimpleType::Integer => primitive::Value::Integer(text.parse().map_err(|_| wrong("an integer"))?),
        SimpleType::Float => primitive::Value::FloatValue(text.parse().map_err(|_| wrong("a float"))?),
        SimpleType::String => primitive::Value::StringValue(text.to_owned()),
        SimpleType::Boolean => primitive::Value::Boolean(match text {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => true,
            "0" | "f" | "F" | "false" | "FALSE" | "False" => false,
            _ => return Err(wrong("a boolean")),
        }),
        SimpleType::Datetime => {
            primitive::Value::Datetime(parse_timestamp(text).ok_or_else(|| wrong("a datetime (RFC 3339)"))?)
        }
        SimpleType::Duration => {
            let length = parse_go_duration(text).ok_or_else(|| wrong("a duration such as 1h30m"))?;
            primitive::Value::Duration(length)
        }
        SimpleType::Struct => {
            let fields =
                json::parse_struct(text).map_err(|error| format!("failed to load generic type as json: {error}"))?;
            return Ok(scalar(scalar::Value::Generic(fields)));
        }
        SimpleType::Binary => {
            let binary = Binary { value: text.as_bytes().to_vec(), tag: "msgpack".to_owned() };
            return Ok(scalar(scalar::Value::Binary(binary)));
        }
        SimpleType::Error => {
            let error = Error { message: text.to_owned(), ..Default::default() };
            return Ok(scalar(scalar::Value::Error(error)));
        }
        SimpleType::None => return Ok(scalar(scalar::Value::NoneType(Void {}))),
    };
    Ok(scalar(scalar::Value::Primitive(Primitive { value: Some(value) })))
}

pub(super) fn scalar(value: scalar::Value) -> Literal {
    Literal { value: Some(literal::Value::Scalar(Box::new(Scalar { value: Some(value) }))), ..Default::default() }
}

fn shorten(text: &str) -> String {
    text.chars().take(80).collect()
}

fn parse_go_duration(text: &str) -> Option<prost_types::Duration> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(duration(std::time::Duration::ZERO));
    }
    let mut nanos = 0.0_f64;
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (number, tail) = rest.split_at_checked(end)?;
        const UNITS: [(&str, f64); 8] =
            [("ns", 1.0), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 6e10), ("h", 3.6e12)];
        let (tail, unit) = UNITS.iter().find_map(|(name, unit)| Some((tail.strip_prefix(name)?, unit)))?;
        nanos += number.parse::<f64>().ok()? * unit;
        rest = tail;
    }
    if text.is_empty() || !nanos.is_finite() {
        return None;
    }
    let mut length = duration(std::time::Duration::from_nanos(nanos as u64));
    if negative {
        (length.seconds, length.nanos) = (-length.seconds, -length.nanos);
    }
    Some(length)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn simple(simple: SimpleType) -> LiteralType {
        LiteralType { r#type: Some(literal_type::Type::Simple(simple as i32)), ..Default::default() }
    }
    fn of(value: primitive::Value) -> Literal {
        scalar(scalar::Value::Primitive(Primitive { value: Some(value) }))
    }

    #[test]
    fn numbers_read_as_go_prints_them() {
        for (number, text) in [(3.0, "3"), (0.5, "0.5"), (1e21, "1e+21"), (1.5e-7, "1.5e-07"), (0.0, "0")] {
            assert_eq!(template_text(&of(primitive::Value::FloatValue(number))).unwrap(), text);
        }
    }

    #[test]
    fn durations_read_as_go_prints_them() {
        let text = |seconds, nanos| go_duration(&prost_types::Duration { seconds, nanos });
        assert_eq!(text(5400, 500_000_000), "1h30m0.5s");
        assert_eq!(text(0, 1_500_000), "1.5ms");
        assert_eq!(text(-2, 0), "-2s");
        assert_eq!(text(0, 0), "0s");
    }

    #[test]
    fn outputs_are_read_by_their_declared_type_without_the_newline() {
        let read = |r#type, text: &str| parse(&simple(r#type), text);
        assert_eq!(read(SimpleType::Integer, "42\n"), Ok(of(primitive::Value::Integer(42))));
        assert_eq!(read(SimpleType::Float, "3"), Ok(of(primitive::Value::FloatValue(3.0))));
        assert_eq!(read(SimpleType::String, "3\n"), Ok(of(primitive::Value::StringValue("3".into()))));
        assert_eq!(read(SimpleType::Boolean, "True"), Ok(of(primitive::Value::Boolean(true))));
        let minute = prost_types::Duration { seconds: 90, nanos: 0 };
        assert_eq!(read(SimpleType::Duration, "1m30s"), Ok(of(primitive::Value::Duration(minute))));
        assert!(read(SimpleType::Integer, "3.5").is_err());
        assert!(read(SimpleType::Duration, "soon").is_err());
    }
}
