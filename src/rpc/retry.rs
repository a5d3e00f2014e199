//! Makes calls again that failed in passing, where a repetition is safe.

use std::rc::Rc;
use std::time::Duration;

use super::{Call, Channel, Code, Origin, Reply, Safety, Status};
use crate::host::{Host, LocalFuture};
use crate::rpc::http_date;
use crate::text::contains;

/// How often and how fast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryPolicy {
    /// Attempts, the first one included; 0 and 1 both mean no retries. Default 4.
    pub attempts: u32,
    /// The delay before the second attempt, doubled for each further one; half of it is chance. Default 200 ms.
    pub first_delay: Duration,
    /// No delay of ours is longer. Default 5 s.
    pub longest_delay: Duration,
}

impl RetryPolicy {
    /// A single attempt.
    pub const NEVER: RetryPolicy =
        RetryPolicy { attempts: 1, first_delay: Duration::ZERO, longest_delay: Duration::ZERO };
}

impl Default for RetryPolicy {
    fn default() -> Self {
        RetryPolicy { attempts: 4, first_delay: Duration::from_millis(200), longest_delay: Duration::from_secs(5) }
    }
}

/// A server without resources gets at least this long to find some.
const EXHAUSTED_DELAY: Duration = Duration::from_secs(1);

/// A server that asks for a longer pause than this gets no retry: its answer is worth more to the caller now.
const LONGEST_PUSHBACK: Duration = Duration::from_secs(60);

/// Repeats calls as their [`Safety`] allows, within the call's timeout.
///
/// A read is repeated when the server can't be reached or is out of resources, when the reply breaks off, and on HTTP
/// statuses that mean a fault in passing; an idempotent call likewise except on `UNKNOWN`; an unsafe call only if no
/// server can have seen it. `grpc-retry-pushback-ms` and `retry-after` set the pause; a pause that would outlast the
/// call's timeout is not begun.
pub struct Retry<C> {
    inner: C,
    host: Rc<dyn Host>,
    policy: RetryPolicy,
    safety: Rc<dyn Fn(&str) -> Safety>,
}

impl<C: Channel> Retry<C> {
    /// `safety` tells for a method's path what its repetition does, [`Safety::Unsafe`] for methods it does not know.
    pub fn new(inner: C, host: Rc<dyn Host>, policy: RetryPolicy, safety: Rc<dyn Fn(&str) -> Safety>) -> Self {
        Retry { inner, host, policy, safety }
    }
}

impl<C: Channel + Clone + 'static> Channel for Retry<C> {
    fn unary(&self, mut call: Call) -> LocalFuture<Result<Reply, Status>> {
        let policy = call.retry.unwrap_or(self.policy);
        if policy.attempts <= 1 {
            return self.inner.unary(call);
        }
        let safety = call.safety.unwrap_or_else(|| (self.safety)(&call.path));
        let (inner, host) = (self.inner.clone(), Rc::clone(&self.host));
        Box::pin(async move {
            let begin = host.uptime();
            let timeout = call.timeout;
            let left = |host: &dyn Host| timeout.map(|time| time.saturating_sub(host.uptime().saturating_sub(begin)));
            let mut attempt = 1;
            loop {
                let mut status = match inner.unary(call.clone()).await {
                    Ok(reply) => return Ok(reply),
                    Err(status) => status,
                };
                let pause = match next_pause(&status, safety, policy, attempt, &*host) {
                    Some(pause) if left(&*host).is_none_or(|left| pause < left) => pause,
                    _ => {
                        status.attempts = attempt;
                        if attempt > 1 {
                            status.message = [&status.message, " (attempt ", &attempt.to_string(), ")"].concat();
                        }
                        return Err(status);
                    }
                };
                host.sleep(pause).await;
                call.timeout = left(&*host);
                attempt += 1;
            }
        })
    }
}

impl Status {
    /// Whether the same call may do better a moment later, its repetition doing what `safety` says.
    #[must_use]
    pub fn is_retryable(&self, safety: Safety) -> bool {
        let exhausted = self.code == Code::ResourceExhausted && self.origin == Origin::Server
            // grpc-go's words for a request over its size limit, which stays too large.
            && !contains(&self.message, "larger than max");
        let in_passing = exhausted
            || self.code == Code::Unavailable
            || self.origin == Origin::Cut && self.code != Code::DeadlineExceeded;
        match safety {
            Safety::ReadOnly => {
                in_passing || self.origin == Origin::Http && self.http_status.is_some_and(|status| status >= 500)
            }
            Safety::Idempotent => in_passing,
            Safety::Unsafe => self.origin == Origin::Unsent && self.code == Code::Unavailable,
        }
    }
}

/// How long to wait before the attempt after `attempt`; `None` when there is to be none.
fn next_pause(status: &Status, safety: Safety, policy: RetryPolicy, attempt: u32, host: &dyn Host) -> Option<Duration> {
    if attempt >= policy.attempts || !status.is_retryable(safety) {
        return None;
    }
    let exhausted = status.code == Code::ResourceExhausted || status.http_status == Some(429);
    let first = if exhausted { policy.first_delay.max(EXHAUSTED_DELAY) } else { policy.first_delay };
    let longest = policy.longest_delay.max(first);
    let full = first.saturating_mul(2_u32.saturating_pow(attempt - 1)).min(longest);
    let ours = full.mul_f64(0.5 + fraction(host) / 2.0);
    if let Some(pushback) = status.metadatum("grpc-retry-pushback-ms") {
        // Anything but a number of milliseconds means: do not retry.
        let pause = Duration::from_millis(u64::from(pushback.trim().parse::<u32>().ok()?));
        return Some(pause).filter(|pause| *pause <= LONGEST_PUSHBACK);
    }
    match status.metadatum("retry-after").and_then(|text| retry_after(text, host.now())) {
        Some(asked) if asked > LONGEST_PUSHBACK => None,
        // Chance on top, or all clients come back at the same moment.
        Some(asked) => Some(asked.max(ours).saturating_add(first.mul_f64(fraction(host)))),
        None => Some(ours),
    }
}

/// Seconds, or a date.
fn retry_after(text: &str, now: Duration) -> Option<Duration> {
    let text = text.trim();
    let seconds = || text.parse().ok().map(Duration::from_secs);
    seconds().or_else(|| Some(http_date::parse(text)?.saturating_sub(now)))
}

/// A random number from 0 to 1.
fn fraction(host: &dyn Host) -> f64 {
    let mut bytes = [0; 4];
    host.fill_random(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;
    use crate::rpc::testing::{call, web};
    use crate::rpc::{stack, StackOptions};
    use crate::testing::{SimHost, SimReply};

    /// Calls through a whole stack; the server answers with `replies` in turn, the last one for ever.
    fn run(host: &SimHost, safety: Safety, timeout: Option<Duration>, replies: Vec<SimReply>) -> Result<Reply, Status> {
        let count = std::cell::Cell::new(0);
        host.on_fetch(move |_| {
            let reply = replies[count.get().min(replies.len() - 1)].clone();
            count.set(count.get() + 1);
            reply
        });
        let options = StackOptions { safety: Rc::new(move |_| safety), ..StackOptions::default() };
        let mut call = call();
        call.timeout = timeout;
        host.run(stack(host.shared(), Rc::new(web(host)), options).unary(call))
    }

    fn unavailable() -> SimReply {
        SimReply::trailers_only(14, "down")
    }

    fn reset() -> SimReply {
        SimReply::failing("fetch failed: read ECONNRESET")
    }

    fn refused() -> SimReply {
        SimReply::failing("fetch failed: connect ECONNREFUSED 127.0.0.1:1")
    }

    fn ok() -> SimReply {
        SimReply::grpc_web(b"done")
    }

    #[test]
    fn read_is_repeated_until_the_server_is_back() {
        let host = SimHost::new(1);
        let reply = run(&host, Safety::ReadOnly, None, vec![unavailable(), refused(), reset(), ok()]).unwrap();
        assert_eq!(reply.message, b"done");
        assert_eq!(host.requests().len(), 4);
    }

    #[test]
    fn last_failure_is_told_with_the_number_of_attempts() {
        let host = SimHost::new(1);
        let status = run(&host, Safety::ReadOnly, None, vec![unavailable()]).unwrap_err();
        assert_eq!((status.code, status.message.as_str()), (Code::Unavailable, "down (attempt 4)"));
        assert_eq!(host.requests().len(), 4);
    }

    #[test]
    fn pauses_double_with_jitter() {
        for seed in 0..50 {
            let host = SimHost::new(seed);
            run(&host, Safety::ReadOnly, None, vec![unavailable()]).unwrap_err();
            let times: Vec<Duration> = host.requests().iter().map(|request| request.at).collect();
            for (place, full) in [200_u64, 400, 800].into_iter().enumerate() {
                let pause = times[place + 1] - times[place];
                assert!(pause >= Duration::from_millis(full / 2) && pause <= Duration::from_millis(full), "{pause:?}");
            }
        }
    }

    #[test]
    fn unsafe_call_is_never_sent_again_once_it_may_have_arrived() {
        for reply in [
            unavailable(),
            reset(),
            SimReply::trailers_only(8, "busy"),
            SimReply::http(503, "text/html", "<title>down</title>"),
            SimReply::http(429, "text/plain", "slow down").with_header("retry-after", "0"),
            ok().failing_after(3, "read ECONNRESET"),
            ok().truncated(7),
        ] {
            let host = SimHost::new(1);
            run(&host, Safety::Unsafe, None, vec![reply, ok()]).unwrap_err();
            assert_eq!(host.requests().len(), 1);
        }
    }

    #[test]
    fn unsafe_call_that_never_left_is_repeated() {
        let host = SimHost::new(1);
        let unknown_host = SimReply::failing("fetch failed: getaddrinfo EAI_AGAIN flyte");
        assert!(run(&host, Safety::Unsafe, None, vec![refused(), unknown_host, ok()]).is_ok());
        assert_eq!(host.requests().len(), 3);
    }

    #[test]
    fn idempotent_call_is_repeated_after_a_reset_but_not_after_an_unknown_failure() {
        let host = SimHost::new(1);
        assert!(run(&host, Safety::Idempotent, None, vec![reset(), unavailable(), ok()]).is_ok());
        let host = SimHost::new(1);
        let oops = SimReply::http(500, "text/plain", "oops");
        assert!(run(&host, Safety::Idempotent, None, vec![oops.clone(), ok()]).is_err());
        let host = SimHost::new(1);
        assert!(run(&host, Safety::ReadOnly, None, vec![oops, ok()]).is_ok());
    }

    #[test]
    fn broken_off_reply_to_a_read_is_asked_for_again() {
        for reply in [ok().failing_after(3, "read ECONNRESET"), ok().truncated(7), ok().truncated(9)] {
            let host = SimHost::new(1);
            assert_eq!(run(&host, Safety::ReadOnly, None, vec![reply, ok()]).unwrap().message, b"done");
        }
    }

    #[test]
    fn what_would_fail_again_is_not_repeated() {
        let too_large = "grpc: received message larger than max (5 vs. 4)";
        for reply in [
            SimReply::trailers_only(5, "no such task"),
            SimReply::trailers_only(3, "bad"),
            SimReply::trailers_only(4, "late"),
            SimReply::trailers_only(13, "bug"),
            SimReply::trailers_only(2, "unknown"),
            SimReply::trailers_only(8, too_large),
            SimReply::http(404, "text/html", "<title>no</title>"),
            SimReply::http(200, "text/html", "<title>Sign in</title>"),
            SimReply::http(302, "text/html", "").with_header("location", "/login"),
        ] {
            let host = SimHost::new(1);
            run(&host, Safety::ReadOnly, None, vec![reply, ok()]).unwrap_err();
            assert_eq!(host.requests().len(), 1);
        }
    }

    #[test]
    fn exhausted_server_gets_a_longer_pause() {
        for reply in [SimReply::trailers_only(8, "busy"), SimReply::http(429, "text/plain", "slow down")] {
            let host = SimHost::new(1);
            run(&host, Safety::ReadOnly, None, vec![reply, ok()]).unwrap();
            assert!(host.elapsed() >= Duration::from_millis(500), "{:?}", host.elapsed());
        }
    }

    #[test]
    fn retry_after_is_waited_for() {
        // The simulated clock starts on 2024-01-01 00:00:00 UTC.
        for after in ["3", " 3 ", "Mon, 01 Jan 2024 00:00:03 GMT"] {
            let host = SimHost::new(1);
            let busy = SimReply::http(503, "text/plain", "busy").with_header("retry-after", after);
            run(&host, Safety::ReadOnly, None, vec![busy, ok()]).unwrap();
            let waited = host.elapsed();
            assert!(waited >= Duration::from_secs(3) && waited < Duration::from_millis(3500), "{waited:?}");
        }
    }

    #[test]
    fn unreadable_retry_after_is_ignored() {
        let host = SimHost::new(1);
        let busy = SimReply::http(503, "text/plain", "busy").with_header("retry-after", "soon");
        assert!(run(&host, Safety::ReadOnly, None, vec![busy, ok()]).is_ok());
        assert!(host.elapsed() < Duration::from_secs(1));
    }

    #[test]
    fn long_retry_after_is_left_to_the_caller() {
        let host = SimHost::new(1);
        let busy = SimReply::http(503, "text/plain", "busy").with_header("retry-after", "3600");
        run(&host, Safety::ReadOnly, None, vec![busy, ok()]).unwrap_err();
        assert_eq!(host.elapsed(), Duration::ZERO);
    }

    #[test]
    fn pushback_sets_the_pause_and_may_forbid_the_retry() {
        let host = SimHost::new(1);
        let later = unavailable().with_header("grpc-retry-pushback-ms", "700");
        run(&host, Safety::ReadOnly, None, vec![later, ok()]).unwrap();
        assert_eq!(host.elapsed(), Duration::from_millis(700));
        for never in ["-1", "x", ""] {
            let host = SimHost::new(1);
            let reply = unavailable().with_header("grpc-retry-pushback-ms", never);
            run(&host, Safety::ReadOnly, None, vec![reply, ok()]).unwrap_err();
            assert_eq!(host.requests().len(), 1);
        }
    }

    #[test]
    fn pause_that_outlasts_the_timeout_is_not_begun() {
        let host = SimHost::new(1);
        let busy = SimReply::http(503, "text/plain", "busy").with_header("retry-after", "10");
        let status = run(&host, Safety::ReadOnly, Some(Duration::from_secs(5)), vec![busy, ok()]).unwrap_err();
        assert_eq!(status.code, Code::Unavailable);
        assert_eq!(host.elapsed(), Duration::ZERO);
    }

    #[test]
    fn attempts_share_the_timeout() {
        let host = SimHost::new(1);
        let slow = unavailable().after(Duration::from_secs(2));
        let status = run(&host, Safety::ReadOnly, Some(Duration::from_secs(5)), vec![slow]).unwrap_err();
        assert_eq!(status.code, Code::DeadlineExceeded);
        assert_eq!(host.elapsed(), Duration::from_secs(5));
        let sent: Vec<u64> = host
            .requests()
            .iter()
            .map(|request| request.header("grpc-timeout").unwrap().trim_end_matches('m').parse().unwrap())
            .collect();
        assert_eq!(sent[0], 5000);
        assert!(sent[1] < 3000 && sent[2] < 1000, "{sent:?}");
    }

    #[test]
    fn call_can_turn_retries_off_and_say_what_is_safe() {
        let host = SimHost::new(1);
        host.on_fetch(|_| unavailable());
        let channel = stack(host.shared(), Rc::new(web(&host)), StackOptions::default());
        let mut once = call();
        once.retry = Some(RetryPolicy::NEVER);
        once.safety = Some(Safety::ReadOnly);
        host.run(channel.unary(once)).unwrap_err();
        assert_eq!(host.requests().len(), 1);
        let mut safe = call();
        safe.safety = Some(Safety::Idempotent);
        host.run(channel.unary(safe)).unwrap_err();
        assert_eq!(host.requests().len(), 1 + 4);
    }

    #[test]
    fn dropping_the_call_ends_the_retries() {
        let host = SimHost::new(1);
        host.on_fetch(|_| unavailable());
        let options = StackOptions { safety: Rc::new(|_| Safety::ReadOnly), ..StackOptions::default() };
        let future = stack(host.shared(), Rc::new(web(&host)), options).unary(call());
        host.run_for(future, Duration::from_millis(50));
        assert_eq!((host.requests().len(), host.pending_timers()), (1, 0));
    }
}
