//! Puts a client's channel together.

use std::rc::Rc;
use std::time::Duration;

use super::{Channel, Deadline, Metadata, Retry, RetryPolicy, Safety, WithMetadata};
use crate::host::Host;
use crate::idl::methods::Method;

/// What a client's channel does to every call, unless the call says otherwise.
#[derive(Clone)]
pub struct StackOptions {
    /// Time for a whole call: all attempts, their bodies included. Default 30 s; `None` waits for ever.
    pub timeout: Option<Duration>,
    /// How often a call is made when it fails in passing.
    pub retry: RetryPolicy,
    /// What a repetition of the method with that path does. The default knows Flyte's methods and holds all others
    /// for unsafe.
    pub safety: Rc<dyn Fn(&str) -> Safety>,
    /// What goes along with every call.
    pub metadata: Metadata,
}

impl Default for StackOptions {
    fn default() -> Self {
        StackOptions {
            timeout: Some(Duration::from_secs(30)),
            retry: RetryPolicy::default(),
            safety: Rc::new(|path| Method::by_path(path).map_or(Safety::Unsafe, |method| method.safety)),
            metadata: Metadata::new(),
        }
    }
}

/// Metadata around deadline around retry around `transport`. What must see every attempt, such as auth, belongs into
/// `transport`.
#[must_use]
pub fn stack(host: Rc<dyn Host>, transport: Rc<dyn Channel>, options: StackOptions) -> Rc<dyn Channel> {
    let retry = Retry::new(transport, Rc::clone(&host), options.retry, options.safety);
    let deadline = Deadline::new(retry, host, options.timeout);
    Rc::new(WithMetadata::new(deadline, options.metadata))
}
