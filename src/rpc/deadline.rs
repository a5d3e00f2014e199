//! A deadline for the whole call: all attempts, their bodies included.

use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{select, Either};

use super::{Call, Channel, Code, Origin, Reply, Status};
use crate::host::{Host, LocalFuture};

/// How much later than due a platform's timer may run.
const TICK: Duration = Duration::from_millis(2);

/// Gives up on calls that take longer than their `timeout`; the call's request is then aborted.
pub struct Deadline<C> {
    inner: C,
    host: Rc<dyn Host>,
    default: Option<Duration>,
}

impl<C: Channel> Deadline<C> {
    /// Calls that name no timeout get `default`; `None` waits for ever.
    pub fn new(inner: C, host: Rc<dyn Host>, default: Option<Duration>) -> Self {
        Deadline { inner, host, default }
    }
}

impl<C: Channel> Channel for Deadline<C> {
    fn unary(&self, mut call: Call) -> LocalFuture<Result<Reply, Status>> {
        call.timeout = call.timeout.or(self.default).filter(|timeout| *timeout != Call::NO_TIMEOUT);
        let Some(timeout) = call.timeout else { return self.inner.unary(call) };
        if timeout.is_zero() {
            let status = too_late(timeout).from_origin(Origin::Unsent);
            return Box::pin(std::future::ready(Err(status)));
        }
        let (host, begin) = (Rc::clone(&self.host), self.host.uptime());
        let (reply, time_is_up) = (self.inner.unary(call), self.host.sleep(timeout));
        Box::pin(async move {
            match select(reply, time_is_up).await {
                Either::Left((Err(status), _))
                    if status.is_hang_up() && host.uptime().saturating_sub(begin) + TICK >= timeout =>
                {
                    Err(too_late(timeout))
                }
                Either::Left((reply, _)) => reply,
                Either::Right(_) => Err(too_late(timeout)),
            }
        })
    }
}

impl Status {
    /// What a proxy says, or does, that keeps to the call's `grpc-timeout` by itself.
    fn is_hang_up(&self) -> bool {
        matches!(self.code, Code::Unavailable | Code::Cancelled)
    }
}

fn too_late(timeout: Duration) -> Status {
    let time = match timeout.subsec_nanos() {
        0 => [&timeout.as_secs().to_string(), " s"].concat(),
        _ => [&u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX).to_string(), " ms"].concat(),
    };
    let message = ["no complete reply within ", &time].concat();
    Status::new(Code::DeadlineExceeded, message).from_origin(Origin::Cut)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::rpc::testing::{call, web};
    use crate::testing::{SimHost, SimReply};

    fn deadline(host: &SimHost, default: Option<Duration>) -> Deadline<crate::rpc::GrpcWeb> {
        Deadline::new(web(host), host.shared(), default)
    }

    #[test]
    fn slow_headers_run_into_the_deadline_and_the_request_is_aborted() {
        let host = SimHost::new(1);
        host.on_fetch(|_| SimReply::grpc_web(b"late").after(Duration::from_secs(3)));
        let mut call = call();
        call.timeout = Some(Duration::from_millis(1500));
        let status = host.run(deadline(&host, None).unary(call)).unwrap_err();
        assert_eq!(status.code, Code::DeadlineExceeded);
        assert_eq!(status.message, "no complete reply within 1500 ms");
        assert_eq!(host.elapsed(), Duration::from_millis(1500));
        assert_eq!(host.aborted(), 1);
    }

    #[test]
    fn slow_body_runs_into_the_deadline_and_the_request_is_aborted() {
        let host = SimHost::new(1);
        host.on_fetch(|_| SimReply::grpc_web(b"late").byte_by_byte(Duration::from_secs(1)));
        let status = host.run(deadline(&host, Some(Duration::from_secs(5))).unary(call())).unwrap_err();
        assert_eq!(status.code, Code::DeadlineExceeded);
        assert_eq!(host.elapsed(), Duration::from_secs(5));
        assert_eq!(host.aborted(), 1);
    }

    #[test]
    fn proxy_that_hangs_up_at_the_deadline_is_the_deadline() {
        let host = SimHost::new(1);
        host.on_fetch(|_| SimReply::http(504, "text/plain", "").after(Duration::from_millis(1499)));
        let status = host.run(deadline(&host, Some(Duration::from_millis(1500))).unary(call())).unwrap_err();
        assert_eq!(status.code, Code::DeadlineExceeded);
    }

    #[test]
    fn proxy_that_hangs_up_before_is_unavailable() {
        let host = SimHost::new(1);
        host.on_fetch(|_| SimReply::http(504, "text/plain", "").after(Duration::from_millis(1490)));
        let status = host.run(deadline(&host, Some(Duration::from_millis(1500))).unary(call())).unwrap_err();
        assert_eq!(status.code, Code::Unavailable);
    }

    #[test]
    fn timeout_goes_along_as_grpc_timeout() {
        let host = SimHost::new(1);
        host.on_fetch(|_| SimReply::grpc_web(b""));
        host.run(deadline(&host, Some(Duration::from_secs(5))).unary(call())).unwrap();
        assert_eq!(host.requests().last().unwrap().header("grpc-timeout"), Some("5000m"));
    }

    #[test]
    fn no_timeout_waits_and_sends_no_grpc_timeout() {
        let host = SimHost::new(1);
        host.on_fetch(|_| SimReply::grpc_web(b"at last").after(Duration::from_secs(86_400)));
        let mut call = call();
        call.timeout = Some(Call::NO_TIMEOUT);
        let reply = host.run(deadline(&host, Some(Duration::from_secs(5))).unary(call)).unwrap();
        assert_eq!(reply.message, b"at last");
        assert_eq!(host.requests().last().unwrap().header("grpc-timeout"), None);
    }

    #[test]
    fn timeout_of_zero_sends_nothing() {
        let host = SimHost::new(1);
        let mut call = call();
        call.timeout = Some(Duration::ZERO);
        let status = host.run(deadline(&host, None).unary(call)).unwrap_err();
        assert_eq!((status.code, status.origin), (Code::DeadlineExceeded, Origin::Unsent));
        assert_eq!(host.requests().len(), 0);
    }
}
