//! Which `content-type` a reply's body has, as far as gRPC-Web cares.

/// What the body is.
#[derive(Debug, PartialEq, Eq)]
pub enum ContentType {
    /// Binary gRPC-Web with protobuf messages.
    GrpcWeb,
    /// gRPC-Web in base64, which this client never asks for.
    GrpcWebText,
    /// gRPC-Web with messages in another form, e.g. `json`.
    OtherCodec,
    /// Native gRPC: nobody translated.
    NativeGrpc,
    /// Not said.
    Missing,
    /// Something else.
    Other,
}

/// Reads the header's value; parameters such as `;charset=utf-8` do not count.
#[must_use]
pub fn classify(value: Option<&str>) -> ContentType {
    let Some(value) = value else { return ContentType::Missing };
    let essence = value.split([';', ',']).next().unwrap_or_default().trim().to_ascii_lowercase();
    let (kind, codec) = essence.split_once('+').unwrap_or((&essence, "proto"));
    match (kind, codec) {
        ("", _) => ContentType::Missing,
        ("application/grpc-web", "proto") => ContentType::GrpcWeb,
        ("application/grpc-web", _) => ContentType::OtherCodec,
        ("application/grpc-web-text", _) => ContentType::GrpcWebText,
        ("application/grpc", _) => ContentType::NativeGrpc,
        _ => ContentType::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_apart() {
        let cases = [
            (Some("application/grpc-web+proto"), ContentType::GrpcWeb),
            (Some("application/grpc-web"), ContentType::GrpcWeb),
            (Some("Application/gRPC-Web+Proto; charset=utf-8"), ContentType::GrpcWeb),
            (Some("application/grpc-web+proto, application/grpc-web+proto"), ContentType::GrpcWeb),
            (Some("application/grpc-web+json"), ContentType::OtherCodec),
            (Some("application/grpc-web-text"), ContentType::GrpcWebText),
            (Some("application/grpc-web-text+proto"), ContentType::GrpcWebText),
            (Some("application/grpc"), ContentType::NativeGrpc),
            (Some("application/grpc+proto"), ContentType::NativeGrpc),
            (Some("text/html; charset=utf-8"), ContentType::Other),
            (Some("application/grpc-webby"), ContentType::Other),
            (Some(" "), ContentType::Missing),
            (None, ContentType::Missing),
        ];
        for (value, expected) in cases {
            assert_eq!(classify(value), expected, "{value:?}");
        }
    }
}
