//! HTTP statuses where no gRPC status came: a proxy, a login page or another service answered.

use crate::rpc::Code;

/// gRPC's own mapping (`http-grpc-status-mapping.md`).
#[must_use]
pub fn code(http_status: u16) -> Code {
    match http_status {
        400 => Code::Internal,
        401 => Code::Unauthenticated,
        403 => Code::PermissionDenied,
        404 => Code::Unimplemented,
        429 | 502 | 503 | 504 => Code::Unavailable,
        _ => Code::Unknown,
    }
}

/// The standard phrase, empty when there is none.
#[must_use]
pub fn phrase(http_status: u16) -> &'static str {
    match http_status {
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        411 => "Length Required",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        464 => "Incompatible Protocol",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "",
    }
}

/// What to look at, where the status says something about the set-up.
#[must_use]
pub fn hint(http_status: u16) -> Option<&'static str> {
    match http_status {
        401 => Some("the server or a proxy before it wants credentials"),
        403 => Some("the server or a proxy before it refuses these credentials or this origin"),
        404 | 405 | 501 => Some("the endpoint may be wrong, or nothing there speaks gRPC-Web: FlyteAdmin needs a proxy with a gRPC-Web filter"),
        413 => Some("the request is larger than a proxy allows"),
        415 | 464 => Some("the server speaks gRPC but not gRPC-Web: FlyteAdmin needs a proxy with a gRPC-Web filter"),
        431 => Some("the metadata (headers) is larger than the server allows"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_map_as_grpc_says() {
        let expected = [
            (400, Code::Internal),
            (401, Code::Unauthenticated),
            (403, Code::PermissionDenied),
            (404, Code::Unimplemented),
            (409, Code::Unknown),
            (412, Code::Unknown),
            (413, Code::Unknown),
            (415, Code::Unknown),
            (429, Code::Unavailable),
            (431, Code::Unknown),
            (500, Code::Unknown),
            (502, Code::Unavailable),
            (503, Code::Unavailable),
            (504, Code::Unavailable),
            (505, Code::Unknown),
            (0, Code::Unknown),
        ];
        for (status, expected) in expected {
            assert_eq!(code(status), expected, "{status}");
        }
    }
}
