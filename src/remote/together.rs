//! Work that runs at the same time, but not too much of it.

use std::future::{poll_fn, Future};
use std::pin::Pin;
use std::task::Poll;

use crate::error::Error;

/// A piece of work.
pub(super) type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + 'a>>;

/// At most so many pieces run at the same time.
const MOST: usize = 16;

/// Runs all pieces, `MOST` at a time; the results in order, or the first error, at which the others are dropped.
pub(super) async fn together<T>(mut work: Vec<Work<'_, T>>) -> Result<Vec<T>, Error> {
    let mut results: Vec<Option<T>> = work.iter().map(|_| None).collect();
    poll_fn(|context| {
        let mut running = 0;
        for (work, result) in work.iter_mut().zip(&mut results) {
            if result.is_some() {
                continue;
            }
            match work.as_mut().poll(context) {
                Poll::Ready(Ok(value)) => *result = Some(value),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => running += 1,
            }
            if running == MOST {
                break;
            }
        }
        if running == 0 {
            Poll::Ready(Ok(()))
        } else {
            Poll::Pending
        }
    })
    .await?;
    Ok(results.into_iter().flatten().collect())
}
