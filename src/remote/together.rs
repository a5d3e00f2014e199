//! Work that runs at the same time, but not too much of it.

use std::cell::RefCell;
use std::future::{poll_fn, Future};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use crate::error::Error;

/// A piece of work.
pub(super) type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + 'a>>;

/// How many pieces run at the same time unless the caller says otherwise.
pub(super) const MOST: usize = 16;

/// The same piece without its result.
type Bare<'a> = Work<'a, ()>;

/// Runs all pieces, `most` at a time; the results in order, or the first error, at which the others are dropped.
pub(super) async fn together<T>(work: Vec<Work<'_, T>>, most: usize) -> Result<Vec<T>, Error> {
    let results: RefCell<Vec<Option<T>>> = RefCell::new(work.iter().map(|_| None).collect());
    let mut pieces: Vec<Bare<'_>> = Vec::with_capacity(work.len());
    for (place, work) in work.into_iter().enumerate() {
        let results = &results;
        pieces.push(Box::pin(async move {
            let result = work.await?;
            if let Some(slot) = results.borrow_mut().get_mut(place) {
                *slot = Some(result);
            }
            Ok(())
        }));
    }
    run(pieces, most).await?;
    let mut all = Vec::new();
    for result in results.into_inner() {
        all.extend(result);
    }
    Ok(all)
}

/// A piece that has begun.
struct Running<'a> {
    work: Bare<'a>,
    bell: Arc<Bell>,
}

/// Tells which of many pieces can go on: asking all of them each time would cost the square of their number.
struct Bell {
    rung: AtomicBool,
    caller: Mutex<Waker>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Ordering::Relaxed);
        self.caller.lock().unwrap_or_else(PoisonError::into_inner).wake_by_ref();
    }
}

/// Apart from the results, so that it is compiled once.
fn run(pieces: Vec<Bare<'_>>, most: usize) -> Bare<'_> {
    let mut waiting = pieces.into_iter();
    let mut running: Vec<Running<'_>> = Vec::new();
    Box::pin(poll_fn(move |context| loop {
        while running.len() < most.max(1) {
            let Some(work) = waiting.next() else { break };
            let bell = Bell { rung: AtomicBool::new(true), caller: Mutex::new(context.waker().clone()) };
            running.push(Running { work, bell: Arc::new(bell) });
        }
        let mut ended = false;
        let mut at = 0;
        while let Some(one) = running.get_mut(at) {
            match one.poll(context) {
                Poll::Ready(Ok(())) => {
                    running.swap_remove(at);
                    ended = true;
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => at += 1,
            }
        }
        if running.is_empty() && waiting.len() == 0 {
            return Poll::Ready(Ok(()));
        }
        if !ended {
            return Poll::Pending;
        }
    }))
}

impl Running<'_> {
    fn poll(&mut self, context: &Context<'_>) -> Poll<Result<(), Error>> {
        if !self.bell.rung.swap(false, Ordering::Relaxed) {
            let mut caller = self.bell.caller.lock().unwrap_or_else(PoisonError::into_inner);
            caller.clone_from(context.waker());
            return Poll::Pending;
        }
        self.bell.caller.lock().unwrap_or_else(PoisonError::into_inner).clone_from(context.waker());
        let waker = Waker::from(Arc::clone(&self.bell));
        self.work.as_mut().poll(&mut Context::from_waker(&waker))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::cell::Cell;
    use std::rc::Rc;
    use std::time::Duration;

    use super::*;
    use crate::error::Kind;
    use crate::host::Host as _;
    use crate::testing::SimHost;

    #[test]
    fn results_are_in_order_and_no_more_run_than_said() {
        let host = SimHost::new(1);
        let (running, most) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let piece = |place: u64| -> Work<'_, u64> {
            let (host, running, most) = (host.clone(), Rc::clone(&running), Rc::clone(&most));
            Box::pin(async move {
                running.set(running.get() + 1);
                most.set(most.get().max(running.get()));
                host.sleep(Duration::from_millis(100 - place)).await;
                running.set(running.get() - 1);
                Ok(place)
            })
        };
        let done = host.run(together((0..50).map(piece).collect(), 7)).unwrap();
        assert_eq!(done, (0..50).collect::<Vec<_>>());
        assert_eq!((most.get(), running.get()), (7, 0));
    }

    #[test]
    fn first_error_ends_it() {
        let host = SimHost::new(1);
        let piece = |place: u64| -> Work<'_, u64> {
            let host = host.clone();
            Box::pin(async move {
                host.sleep(Duration::from_secs(place)).await;
                if place == 2 {
                    Err(Error::new(Kind::System, "two"))
                } else {
                    Ok(place)
                }
            })
        };
        let error = host.run(together((0..20).map(piece).collect(), 16)).unwrap_err();
        assert_eq!((error.message.as_str(), host.elapsed()), ("two", Duration::from_secs(2)));
    }

    #[test]
    fn nothing_to_do_is_done() {
        assert!(SimHost::new(1).run(together(Vec::<Work<'_, ()>>::new(), 3)).unwrap().is_empty());
    }
}
