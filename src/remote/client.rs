//! Typed calls over a channel.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{select, Either};
use prost::Message;

use super::call::{CallOptions, Scope};
use crate::error::{Error, Kind};
use crate::host::{Host, LocalFuture};
use crate::rpc::{Call, Channel, Safety};

/// Makes calls. Cloning is cheap.
#[derive(Clone)]
pub struct Client {
    /// The way to the server.
    pub channel: Rc<dyn Channel>,
    /// The outside world.
    pub host: Rc<dyn Host>,
}

impl Client {
    /// A client over a channel.
    #[must_use]
    pub fn new(channel: Rc<dyn Channel>, host: Rc<dyn Host>) -> Self {
        Client { channel, host }
    }

    /// Calls `method` (`/package.Service/Method`) and decodes the reply; the bytes come along for `toJSON`.
    ///
    /// # Errors
    /// As the server or the channel says, or `Kind::System` when the reply is no `Rep`.
    pub async fn call<Req: Message, Rep: Message + Default>(
        &self,
        method: &'static str,
        request: &Req,
        options: &CallOptions,
    ) -> Result<(Rep, Rc<[u8]>), Error> {
        let scope = self.begin(options);
        let raw = self.call_bytes(method, request.encode_to_vec(), &scope).await?;
        Ok((Rep::decode(&*raw).map_err(|_| bad_reply(method))?, raw))
    }

    /// Starts a verb.
    pub(super) fn begin(&self, options: &CallOptions) -> Scope {
        let deadline = options.timeout.and_then(|timeout| self.host.uptime().checked_add(timeout));
        Scope { metadata: options.metadata.clone(), deadline, created: Rc::clone(&options.created) }
    }

    /// Calls `method` with a serialised request.
    pub(super) fn call_bytes(
        &self,
        method: &'static str,
        request: Vec<u8>,
        scope: &Scope,
    ) -> LocalFuture<Result<Rc<[u8]>, Error>> {
        self.send(Call::new(method, request), method, scope)
    }

    /// Calls `method` with a request that the server takes only once, because it names what it creates.
    pub(super) fn call_bytes_safely(
        &self,
        method: &'static str,
        request: Vec<u8>,
        scope: &Scope,
    ) -> LocalFuture<Result<Rc<[u8]>, Error>> {
        let call = Call { safety: Some(Safety::Idempotent), ..Call::new(method, request) };
        self.send(call, method, scope)
    }

    fn send(&self, mut call: Call, method: &'static str, scope: &Scope) -> LocalFuture<Result<Rc<[u8]>, Error>> {
        call.metadata.clone_from(&scope.metadata);
        call.timeout = scope.deadline.map(|deadline| deadline.saturating_sub(self.host.uptime()));
        if call.timeout == Some(Duration::ZERO) {
            return Box::pin(std::future::ready(Err(out_of_time(method))));
        }
        let reply = self.channel.unary(call);
        Box::pin(async move {
            let reply = reply.await.map_err(|status| Error::from_status(status, method))?;
            Ok(reply.message.into())
        })
    }

    /// Runs `work` until the scope's deadline; `None` when that came first.
    pub(super) async fn within<T>(&self, scope: &Scope, work: Pin<Box<dyn Future<Output = T> + '_>>) -> Option<T> {
        let Some(deadline) = scope.deadline else { return Some(work.await) };
        let alarm = self.host.sleep(deadline.saturating_sub(self.host.uptime()));
        match select(work, alarm).await {
            Either::Left((result, _)) => Some(result),
            Either::Right(_) => None,
        }
    }
}

/// The error for a reply that is not what the method answers.
pub(super) fn bad_reply(method: &str) -> Error {
    let short = method.rsplit('/').next().unwrap_or(method);
    let message = [short, ": the server's reply can't be read. Is the endpoint FlyteAdmin's?"];
    let mut error = Error::new(Kind::System, message.concat());
    error.method = Some(method.into());
    error
}

pub(super) fn out_of_time(method: &str) -> Error {
    let short = method.rsplit('/').next().unwrap_or(method);
    let mut error = Error::new(Kind::Timeout, ["the time ran out before ", short, " was called"].concat());
    error.method = Some(method.into());
    error
}
