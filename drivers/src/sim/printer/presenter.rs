//! The output of a printer with a presenter: one slip at a time hangs there until somebody or something removes it.
//!
//! The rule a newcomer would break: the printer does not know whose hand took the slip; only this file does, and it tells tests
//! through [`Whereabouts`], never the driver.

use super::paper::{Paper, Whereabouts};
use std::time::{Duration, Instant};

/// What the printer does by itself after a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) retract: bool,
    /// `None` waits until the next job.
    pub(super) after: Option<Duration>,
}

#[derive(Default)]
pub(super) struct Presenter {
    offered: Option<Offered>,
}

struct Offered {
    paper: Paper,
    since: Instant,
    plan: Plan,
}

impl Presenter {
    pub(super) fn holds_slip(&self) -> bool {
        self.offered.is_some()
    }

    pub(super) fn peek(&self) -> Option<Paper> {
        self.offered.as_ref().map(|offered| offered.paper.clone())
    }

    /// Puts a cut slip out. The one before has to make room, and is returned as its plan says.
    pub(super) fn offer(&mut self, paper: Paper, plan: Plan, now: Instant) -> Option<Paper> {
        let before = self.remove_by_plan();
        self.offered = Some(Offered { paper: Paper { whereabouts: Whereabouts::Output, ..paper }, since: now, plan });
        before
    }

    /// A hand.
    pub(super) fn take(&mut self) -> Option<Paper> {
        self.remove(Whereabouts::Hand)
    }

    pub(super) fn retract(&mut self) -> Option<Paper> {
        self.remove(Whereabouts::Bin)
    }

    pub(super) fn eject(&mut self) -> Option<Paper> {
        self.remove(Whereabouts::Floor)
    }

    /// Removes a slip whose time is over. These seconds are real ones however fast the paper moves, because a driver counts
    /// them, too.
    pub(super) fn pass(&mut self, now: Instant) -> Option<Paper> {
        let offered = self.offered.as_ref()?;
        let after = offered.plan.after?;
        if now.duration_since(offered.since) >= after { self.remove_by_plan() } else { None }
    }

    fn remove_by_plan(&mut self) -> Option<Paper> {
        let retract = self.offered.as_ref()?.plan.retract;
        if retract { self.retract() } else { self.eject() }
    }

    fn remove(&mut self, whereabouts: Whereabouts) -> Option<Paper> {
        self.offered.take().map(|offered| Paper { whereabouts, ..offered.paper })
    }
}
