//! A remote from its options: endpoint, transport and what is wrapped around it.

use std::rc::Rc;
use std::time::Duration;

use super::{Client, Remote, Settings};
use crate::error::Error;
use crate::host::Host;
use crate::idl::methods::{Method, Safety};
use crate::rpc::{check_metadata, stack, Call, Endpoint, GrpcWeb, GrpcWebOptions, Metadata, RetryPolicy, StackOptions};

/// How a remote reaches its server; `None` takes the default.
#[derive(Clone, Debug, Default)]
pub struct Connect {
    /// Endpoint, defaults and console.
    pub settings: Settings,
    /// Headers of every call.
    pub metadata: Metadata,
    /// Deadline of each call, default 30 s; [`Call::NO_TIMEOUT`] for none.
    pub timeout: Option<Duration>,
    /// Repetitions of a call that is safe to repeat, default 3.
    pub retries: Option<u32>,
    /// Largest reply message in bytes, default 64 MiB.
    pub max_reply_bytes: Option<usize>,
}

impl Remote {
    /// A remote that speaks gRPC-Web to `connect.settings.endpoint`. Does no I/O.
    ///
    /// # Errors
    /// `Kind::Value` for an endpoint that is no URL and for metadata that can't be sent.
    pub fn connect(host: Rc<dyn Host>, connect: Connect) -> Result<Self, Error> {
        let endpoint = Endpoint::parse(&connect.settings.endpoint, connect.settings.insecure)?;
        check_metadata(&connect.metadata)?;
        let mut transport = GrpcWebOptions::default();
        if let Some(limit) = connect.max_reply_bytes {
            transport.max_reply_bytes = limit;
        }
        let mut around =
            StackOptions { metadata: connect.metadata, safety: Rc::new(safety), ..StackOptions::default() };
        if let Some(timeout) = connect.timeout {
            around.timeout = Some(timeout).filter(|timeout| *timeout != Call::NO_TIMEOUT);
        }
        if let Some(retries) = connect.retries {
            around.retry = RetryPolicy { attempts: retries.saturating_add(1), ..RetryPolicy::default() };
        }
        let transport = Rc::new(GrpcWeb::new(Rc::clone(&host), endpoint.clone(), transport));
        let channel = stack(Rc::clone(&host), transport, around);
        let settings = Settings { endpoint: endpoint.as_str().to_owned(), ..connect.settings };
        Ok(Remote::new(Client::new(channel, host), settings))
    }
}

/// What a repetition of a method does, by the IDL; an unknown method is held for unsafe.
fn safety(path: &str) -> Safety {
    Method::by_path(path).map_or(Safety::Unsafe, |method| method.safety)
}
