//! How much of files may be in memory at a time, over all threads.

use std::sync::{Condvar, Mutex, PoisonError};

/// Bytes that threads share.
pub(super) struct Quota {
    most: u64,
    held: Mutex<u64>,
    freed: Condvar,
}

/// Bytes that one thread holds.
pub(super) struct Held<'q> {
    quota: &'q Quota,
    bytes: u64,
}

impl Quota {
    pub(super) fn new(most: u64) -> Self {
        Self { most, held: Mutex::default(), freed: Condvar::new() }
    }

    /// Waits until others have left room for so many bytes. Who needs more than there is gets it once nobody holds any.
    pub(super) fn take(&self, bytes: u64) -> Held<'_> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |held: &mut u64| *held > 0 && *held + bytes > self.most;
        let mut held = self.freed.wait_while(held, is_full).unwrap_or_else(PoisonError::into_inner);
        *held += bytes;
        Held { quota: self, bytes }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        *self.quota.held.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.quota.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn no_more_is_held_than_there_is() {
        let (quota, held) = (Quota::new(10), AtomicU64::new(0));
        thread::scope(|scope| {
            for bytes in [3, 4, 5, 10, 20] {
                let (quota, held) = (&quota, &held);
                scope.spawn(move || {
                    for _ in 0..200 {
                        let _room = quota.take(bytes);
                        let all = held.fetch_add(bytes, Ordering::SeqCst) + bytes;
                        assert!(all <= bytes.max(10), "{all} bytes are held");
                        thread::yield_now();
                        held.fetch_sub(bytes, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(*quota.held.lock().unwrap(), 0);
    }
}
