//! One line out of a foreign body (a proxy's HTML page, a gateway's JSON, plain text), for an error message.

use crate::text;

/// How much of a foreign body is read at most.
pub const READ: usize = 4096;

const SHOWN: usize = 160;

/// The start of a body that may turn out to be text; nothing of one that begins as gRPC-Web does.
#[must_use]
pub fn sample(chunk: &[u8]) -> Vec<u8> {
    let text = chunk.first().is_some_and(|byte| *byte > 1 && byte.is_ascii());
    if text {
        chunk.get(..READ).unwrap_or(chunk).to_vec()
    } else {
        Vec::new()
    }
}

/// An HTML page's title, a JSON error's text or the first words; `None` for nothing readable.
#[must_use]
pub fn excerpt(body: &[u8]) -> Option<String> {
    let body = body.get(..READ).unwrap_or(body);
    let text = String::from_utf8_lossy(body);
    // A few unreadable characters may be a cut or a foreign encoding, many mean binary data.
    let odd = text.chars().filter(|c| *c == '\u{fffd}' || c.is_control() && !c.is_whitespace()).count();
    if odd * 10 > text.chars().count() {
        return None;
    }
    let trimmed = text.trim_start_matches('\u{feff}').trim_start();
    let line = match trimmed.chars().next()? {
        '<' => one_line(&html(trimmed)),
        '{' => json_text(trimmed).map_or_else(|| one_line(trimmed), |text| one_line(&text)),
        _ => one_line(trimmed),
    };
    Some(line).filter(|line| !line.is_empty())
}

/// Whitespace runs become single spaces; control characters go; the rest is cut at a readable length.
fn one_line(text: &str) -> String {
    let (mut line, mut length, mut gap) = (String::new(), 0, false);
    for c in text.chars() {
        if c.is_whitespace() {
            gap = length > 0;
        } else if !c.is_control() {
            if length >= SHOWN {
                line.push('…');
                break;
            }
            if gap {
                line.push(' ');
            }
            line.push(c);
            length += 1 + usize::from(gap);
            gap = false;
        }
    }
    line
}

fn html(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    for tag in ["title", "h1"] {
        let inner = between(page, &lower, &["<", tag].concat(), &["</", tag].concat());
        let text = inner.map(without_tags).unwrap_or_default();
        if !text.trim().is_empty() {
            return text;
        }
    }
    let body = text::find(&lower, "<body").and_then(|at| page.get(at..)).unwrap_or(page);
    without_tags(body)
}

/// What stands between an element's opening tag and its closing one. `lower` is `page` in lower case, same offsets.
fn between<'a>(page: &'a str, lower: &str, open: &str, close: &str) -> Option<&'a str> {
    let start = text::find(lower, open)?;
    let start = start + lower.get(start..)?.find('>')? + 1;
    let end = text::find(lower.get(start..)?, close).map_or(page.len(), |length| start + length);
    page.get(start..end)
}

fn without_tags(html: &str) -> String {
    let (mut text, mut in_tag) = (String::new(), false);
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                text.push(' ');
            }
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    let entities = [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    entities.iter().fold(text, |text, (entity, plain)| text::replace(&text, entity, plain))
}

/// The string value of `"message"` or `"error"` (grpc-gateway, most proxies), without a JSON parser.
fn json_text(json: &str) -> Option<String> {
    ["\"message\"", "\"error\"", "\"detail\""].iter().find_map(|name| {
        let (_, after) = text::split(json, name)?;
        let value = after.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
        let mut text = String::new();
        let mut chars = value.chars();
        loop {
            match chars.next()? {
                '"' => break,
                '\\' => match chars.next()? {
                    'n' | 'r' | 't' => text.push(' '),
                    'u' => {
                        let code = u32::from_str_radix(chars.as_str().get(..4)?, 16).ok()?;
                        chars = chars.as_str().get(4..)?.chars();
                        text.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                    }
                    other => text.push(other),
                },
                other => text.push(other),
            }
        }
        Some(text).filter(|text| !text.trim().is_empty())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(body: &str) -> Option<String> {
        excerpt(body.as_bytes())
    }

    #[test]
    fn html_gives_its_title() {
        let page = "<!DOCTYPE html>\n<html><HEAD>\n<Title lang=en> 502 Bad\n Gateway </TITLE></head><body><h1>x</h1>";
        assert_eq!(read(page).as_deref(), Some("502 Bad Gateway"));
    }

    #[test]
    fn html_without_title_gives_its_heading_or_text() {
        assert_eq!(read("<html><title></title><h1>Sign <b>in</b></h1>").as_deref(), Some("Sign in"));
        assert_eq!(read("<html><style>p{}</style><body><p>No &amp; never</p>").as_deref(), Some("No & never"));
        assert_eq!(read("<title>unclosed").as_deref(), Some("unclosed"));
    }

    #[test]
    fn json_gives_its_message() {
        let json = r#"{"code": 5, "message" : "no \"task\"\n caf\u00e9", "details": []}"#;
        assert_eq!(read(json).as_deref(), Some("no \"task\" café"));
        assert_eq!(read(r#"{"error": "denied"}"#).as_deref(), Some("denied"));
        assert_eq!(read(r#"{"a": 1}"#).as_deref(), Some(r#"{"a": 1}"#));
        assert_eq!(read(r#"{"message": "cut"#).as_deref(), Some(r#"{"message": "cut"#));
    }

    #[test]
    fn text_is_one_short_line() {
        assert_eq!(read(" upstream\r\n  connect\terror ").as_deref(), Some("upstream connect error"));
        let long = read(&"word ".repeat(1000)).unwrap_or_default();
        assert!((SHOWN..=SHOWN + 2).contains(&long.chars().count()), "{long}");
        assert!(long.ends_with('…'));
    }

    #[test]
    fn nothing_and_binary_give_nothing() {
        assert_eq!(read(""), None);
        assert_eq!(read("  \n"), None);
        assert_eq!(read("<html></html>"), None);
        assert_eq!(excerpt(&[0x1f, 0x8b, 8, 0, 0, 1, 2, 3, 200, 201]), None);
    }

    proptest! {
        #[test]
        fn any_body_is_read(body: Vec<u8>) {
            let _ = excerpt(&body);
        }

        #[test]
        fn any_page_is_read(body in "[<>/a-z\"{}:\\\\é ]*|<title>\\PC*|\\{\"message\":\"\\PC*") {
            let _ = read(&body);
        }
    }
}
