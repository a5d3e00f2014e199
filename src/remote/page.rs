//! Lists, a page at a time.

use std::rc::Rc;

use super::client::bad_reply;
use crate::codec::{Fields, Malformed, Writer};
use crate::error::Error;

/// One page of a list reply: all of them have their items first and the next page's token second.
pub(super) struct Page {
    /// Each still serialised.
    pub items: Vec<Rc<[u8]>>,
    /// Empty on the last page.
    pub token: String,
}

impl Page {
    pub(super) fn read(method: &str, reply: &[u8]) -> Result<Self, Error> {
        let read = || {
            let (mut fields, mut page) = (Fields::of(reply), Page { items: Vec::new(), token: String::new() });
            while let Some(part) = fields.next()? {
                match part.number {
                    1 => page.items.push(part.message()?.into()),
                    2 => page.token = part.text()?,
                    _ => {}
                }
            }
            Ok::<_, Malformed>(page)
        };
        read().map_err(|Malformed| bad_reply(method))
    }

    /// The same page, as long as it does not lead to itself: a list would never end.
    pub(super) fn after(self, method: &str, token: &str) -> Result<Self, Error> {
        if self.token.is_empty() || self.token != token {
            return Ok(self);
        }
        let mut error = bad_reply(method);
        error.message.push_str(" The token of its next page is that of this page");
        Err(error)
    }
}

/// By the time of creation; Admin has no order of its own, without one pages overlap.
pub(super) fn by_creation(newest_first: bool) -> Vec<u8> {
    Writer::new().text(1, "created_at").int(2, i64::from(!newest_first)).done()
}

/// A serialised `ResourceListRequest`: the newest first.
pub(super) fn newest(project: &str, domain: &str, name: &str, limit: u32, token: &str, filters: &str) -> Vec<u8> {
    let id = Writer::new().text(1, project).text(2, domain).text(3, name).done();
    let mut request = Writer::new();
    request.message(1, &id).int(2, limit.into()).text(3, token).text(4, filters);
    request.message(5, &by_creation(true)).done()
}
