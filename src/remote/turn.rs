//! One after the other: what must not run twice at the same time.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// Whose turn it is. Whoever waits for it and is dropped has given up.
#[derive(Default)]
pub(super) struct Turn {
    taken: Cell<bool>,
    waiting: RefCell<Vec<Waker>>,
}

/// A turn; dropping it ends it.
pub(super) struct Taken<'a>(&'a Turn);

impl Turn {
    /// Waits until nobody else has it.
    pub(super) async fn take(&self) -> Taken<'_> {
        poll_fn(|context| {
            if self.taken.replace(true) {
                self.waiting.borrow_mut().push(context.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(Taken(self))
        })
        .await
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.0.taken.set(false);
        // All of them: who is woken alone may have been dropped meanwhile.
        for waker in self.0.waiting.take() {
            waker.wake();
        }
    }
}
