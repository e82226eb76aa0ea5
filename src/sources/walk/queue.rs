//! What is still to be looked at, shared by all threads of a walk.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::Job;

/// A stack of jobs that is at an end when it is empty and nobody works on a job that could add more.
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    jobs: Vec<Job>,
    working: usize,
    stopped: bool,
}

/// One job of a thread. When it is dropped, what it added is there for all.
pub(super) struct Turn<'q> {
    pub(super) job: Job,
    pub(super) more: Vec<Job>,
    queue: &'q Queue,
}

impl Queue {
    pub(super) fn new(jobs: Vec<Job>) -> Self {
        Self { state: Mutex::new(State { jobs, working: 0, stopped: false }), changed: Condvar::new() }
    }

    /// The next job; waits while others may still add some. `None` at the end.
    pub(super) fn next(&self) -> Option<Turn<'_>> {
        let mut state = self.lock();
        loop {
            if state.stopped {
                return None;
            }
            if let Some(job) = state.jobs.pop() {
                state.working += 1;
                return Some(Turn { job, more: Vec::new(), queue: self });
            }
            if state.working == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends the walk for all.
    pub(super) fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Even if the thread panics: others wait for it.
impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        state.working -= 1;
        let is_at_end = state.working == 0 && state.jobs.is_empty();
        if !self.more.is_empty() || is_at_end {
            state.jobs.append(&mut self.more);
            self.queue.changed.notify_all();
        }
    }
}
